import { redirect } from '@sveltejs/kit';
import { workspaceApi } from '@reelroom/shared/workspace/api.ts';
import { call } from '#lib/call.ts';
import type { PageLoad } from './$types';

/** Leads to the usage of one's own workspace. */
export const load: PageLoad = async ({ fetch }) => {
	const workspaces = await call(workspaceApi.list, {}, { fetch });
	const own = workspaces.find(({ role }) => role === 'owner') ?? workspaces[0];
	redirect(307, own === undefined ? '/projects' : `/workspaces/${own.id}/usage`);
};
