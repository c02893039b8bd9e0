import { error } from '@sveltejs/kit';
import { shareApi } from '@reelroom/shared/cut/api.ts';
import { Problem, problems } from '@reelroom/shared/problem.ts';
import { call } from '#lib/call.ts';
import type { PageServerLoad } from './$types';

/** What the link shows, or why it shows nothing; a link is a secret, so it is kept out of indexes and referrers. */
export const load: PageServerLoad = async ({ params, fetch, setHeaders, url }) => {
	setHeaders({ 'x-robots-tag': 'noindex, nofollow', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
	try {
		return {
			token: params.token,
			origin: url.origin,
			film: await call(shareApi.read, { params: { token: params.token } }, { fetch }),
		};
	} catch (thrown) {
		if (!(thrown instanceof Problem)) throw thrown;
		// A token of the wrong shape is as unknown as any other.
		const code = thrown.code === 'invalid-input' ? 'not-found' : thrown.code;
		error(problems[code].status, code);
	}
};
