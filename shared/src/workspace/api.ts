import * as z from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { Invitation, InvitedRole, Member, Workspace } from './workspace.ts';

const ById = z.strictObject({ id: Id });
const ByToken = z.strictObject({ token: z.string().min(20).max(100) });

export const workspaceApi = {
	list: endpoint({
		method: 'get',
		path: '/workspaces',
		summary: 'The workspaces of whoever is signed in, with their role.',
		allow: 'signed-in',
		reply: z.array(Workspace),
	}),
	members: endpoint({
		method: 'get',
		path: '/workspaces/:id/members',
		summary: 'Who belongs to a workspace.',
		allow: 'workspace.read',
		params: ById,
		reply: z.array(Member),
	}),
	removeMember: endpoint({
		method: 'delete',
		path: '/workspaces/:id/members/:accountId',
		summary: 'Removes a member; their sockets are closed.',
		allow: 'member.remove',
		params: z.strictObject({ id: Id, accountId: Id }),
		status: 204,
	}),
	invite: endpoint({
		method: 'post',
		path: '/workspaces/:id/invitations',
		summary: 'Makes an invitation link; its token is shown once.',
		allow: 'member.invite',
		params: ById,
		status: 201,
		body: z.strictObject({ role: InvitedRole, projectId: Id.optional() }),
		reply: z.strictObject({ token: z.string(), expiresAt: z.string() }),
	}),
	readInvitation: endpoint({
		method: 'get',
		path: '/invitations/:token',
		summary: 'What an invitation offers.',
		allow: 'public',
		params: ByToken,
		reply: Invitation,
	}),
	acceptInvitation: endpoint({
		method: 'post',
		path: '/invitations/:token/accept',
		summary: 'Joins the workspace; a member who has a higher role keeps it.',
		allow: 'signed-in',
		params: ByToken,
		reply: z.strictObject({ workspace: Workspace, projectId: Id.nullable() }),
	}),
};
