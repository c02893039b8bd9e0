import { error } from '@sveltejs/kit';
import { workspaceApi } from '@reelroom/shared/workspace/api.ts';
import { Problem, problems } from '@reelroom/shared/problem.ts';
import { call } from '#lib/call.ts';
import type { PageServerLoad } from './$types';

/** What the invitation offers, or why it offers nothing. */
export const load: PageServerLoad = async ({ params, fetch, setHeaders }) => {
	setHeaders({ 'x-robots-tag': 'noindex, nofollow', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
	try {
		return {
			token: params.token,
			invitation: await call(workspaceApi.readInvitation, { params: { token: params.token } }, { fetch }),
		};
	} catch (thrown) {
		if (!(thrown instanceof Problem)) throw thrown;
		// A token of the wrong shape is as unknown as any other.
		const code = thrown.code === 'invalid-input' ? 'not-found' : thrown.code;
		error(problems[code].status, code);
	}
};
