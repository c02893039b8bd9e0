import { workspaceApi } from '@reelroom/shared/workspace/api.ts';
import { type Route, on } from '../http/on.ts';
import type { Workspaces } from './workspaces.ts';

/** Answers the endpoints of workspaces and invitations. */
export const workspaceRoutes = (workspaces: Workspaces): Route[] => [
	on(workspaceApi.list, (_input, actor) => workspaces.list(actor)),
	on(workspaceApi.members, ({ params }, actor) => workspaces.members(actor, params.id)),
	on(workspaceApi.removeMember, async ({ params }, actor) => {
		await workspaces.removeMember(actor, params.id, params.accountId);
		return undefined;
	}),
	on(workspaceApi.invite, ({ params, body }, actor) => workspaces.invite(actor, params.id, body)),
	on(workspaceApi.readInvitation, ({ params }) => workspaces.readInvitation(params.token)),
	on(workspaceApi.acceptInvitation, ({ params }, actor) => workspaces.acceptInvitation(actor, params.token)),
];
