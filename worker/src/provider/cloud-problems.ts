import { Problem, type ProblemCode } from '@reelroom/shared/problem.ts';
import { CloudFault } from './cloud-call.ts';

/** What a service says is wrong: its own codes, from the most to the least exact, and its words. */
export type Said = { codes: readonly string[]; words: string };
export type SortFaults = {
	/** What its answer says. */
	read: (body: unknown) => Said;
	/** What its own codes mean; null leaves it to the status. */
	sort: (said: Said, status: number) => ProblemCode | null;
};

const byStatus = (status: number): ProblemCode => {
	if (status === 401 || status === 403) return 'credential-refused';
	if (status === 402) return 'provider-out-of-credit';
	if (status === 429) return 'provider-busy';
	return status >= 500 ? 'provider-unavailable' : 'provider-refused';
};
/** Words of a service as people may see them: one line, without keys, addresses or what looks like either. */
export function plainWords(words: string, secrets: readonly string[]): string {
	const without = secrets
		.filter((secret) => secret.length > 3)
		.reduce((text, secret) => text.replaceAll(secret, '…'), words);
	return without
		.replace(/\b(?:sk|ak|AK|rr)[-_A-Z][\w*.-]{6,}/g, '…')
		.replace(/\bhttps?:\/\/\S+/g, '…')
		.replace(/\s+/g, ' ')
		.trim()
		.slice(0, 300);
}

/** Turns what went wrong in a call into a problem; whatever is no fault of a call passes through. `isPaid`: the call was one that the service does work for. */
export function cloudProblem(
	error: unknown,
	{ read, sort, secrets, isPaid }: SortFaults & { secrets: readonly string[]; isPaid: boolean },
): unknown {
	if (!(error instanceof CloudFault)) return error;
	const { status, body, retryAfterMs } = error;
	const said = status === null ? { codes: [], words: error.message } : read(body);
	const detail = plainWords(said.words === '' ? error.message : said.words, secrets);
	const own = status === null ? null : sort(said, status);
	if (own === null && error.maybeDone && isPaid)
		return new Problem('provider-outcome-unknown', detail, { cause: error });
	const code = own ?? (status === null ? 'provider-unavailable' : byStatus(status));
	return new Problem(code, detail, { cause: error, retryAfterMs });
}
