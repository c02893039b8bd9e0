import type { ProblemCode } from '@reelroom/shared/problem.ts';
import * as z from 'zod';
import type { SortFaults } from '../cloud-problems.ts';

const Said = z.object({
	error: z
		.object({
			code: z.union([z.string(), z.number()]).nullish(),
			type: z.string().nullish(),
			message: z.string().catch(''),
		})
		.or(z.string()),
});
const refusedContent =
	/^(content_policy_violation|moderation_blocked|content_filter|image_content_policy_violation|safety_violations?)$/;
const outOfCredit =
	/^(insufficient_quota|billing_hard_limit_reached|billing_not_active|quota_exceeded|insufficient_balance|(organization|project)_\w*limit_exceeded)$/;
const badKey = /^(invalid_api_key|account_deactivated|invalid_organization|incorrect_api_key)$/;

function meaning(code: string): ProblemCode | null {
	if (refusedContent.test(code)) return 'content-refused';
	if (outOfCredit.test(code)) return 'provider-out-of-credit';
	if (badKey.test(code)) return 'credential-refused';
	if (code === 'rate_limit_exceeded' || code === 'rate_limit_error') return 'provider-busy';
	return null;
}

/** What OpenAI's API, and what speaks it, says is wrong. */
export const openaiFaults: SortFaults = {
	read(body) {
		const said = Said.safeParse(body);
		if (!said.success) return { codes: [], words: '' };
		const { error } = said.data;
		if (typeof error === 'string') return { codes: [], words: error };
		const codes = [error.code, error.type].flatMap((code) => (code == null ? [] : [String(code)]));
		return { codes, words: error.message };
	},
	sort({ codes, words }) {
		for (const code of codes) {
			const meant = meaning(code);
			if (meant !== null) return meant;
		}
		// Gateways in front of others' models say it in words alone.
		return /safety system|content policy/i.test(words) ? 'content-refused' : null;
	},
};
