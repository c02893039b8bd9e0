import * as z from 'zod';
import { Id } from '../id.ts';
import { Role } from './access.ts';

export const Workspace = z.strictObject({ id: Id, name: z.string(), role: Role });
export const Member = z.strictObject({ accountId: Id, name: z.string(), role: Role, joinedAt: z.string() });
/** What an invitation by link may give. */
export const InvitedRole = z.enum(['editor', 'reviewer', 'viewer']);
export const Invitation = z.strictObject({
	workspaceName: z.string(),
	projectId: Id.nullable(),
	projectName: z.string().nullable(),
	role: InvitedRole,
	invitedBy: z.string(),
	expiresAt: z.string(),
});

export type Workspace = z.infer<typeof Workspace>;
export type Member = z.infer<typeof Member>;
export type InvitedRole = z.infer<typeof InvitedRole>;
export type Invitation = z.infer<typeof Invitation>;
