import type { Language } from '@reelroom/shared/account/account.ts';
import { createHash, randomBytes } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import { limits } from '@reelroom/shared/limits.ts';
import type { AccountStore } from '@reelroom/shared/node/stores/account-store.ts';
import type { InvitationRow, InvitationStore } from '@reelroom/shared/node/stores/invitation-store.ts';
import type { MembershipStore } from '@reelroom/shared/node/stores/membership-store.ts';
import type { ProjectStore } from '@reelroom/shared/node/stores/project-store.ts';
import type { WorkspaceStore } from '@reelroom/shared/node/stores/workspace-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { roles } from '@reelroom/shared/workspace/access.ts';
import type { Invitation, InvitedRole, Member, Workspace } from '@reelroom/shared/workspace/workspace.ts';
import type { Actor } from '../http/on.ts';

/** What a new account's workspace is called, in the language of that account. */
const ownName: Record<Language, (name: string) => string> = {
	en: (name) => `${name}'s room`,
	'zh-CN': (name) => `${name}的工作室`,
};

export type WorkspaceDeps = {
	workspaces: WorkspaceStore;
	memberships: MembershipStore;
	invitations: InvitationStore;
	accounts: Pick<AccountStore, 'namesOf'>;
	projects: Pick<ProjectStore, 'find' | 'idsOfWorkspace'>;
	/** Cuts the connections of an account to these projects. */
	onRevoked: (accountId: string, projectIds: readonly string[]) => void;
	/** Ends what an account has under way in these projects. */
	onRemoved?: (accountId: string, projectIds: readonly string[]) => Promise<void>;
	/** Somebody came into these projects, for the first time or again. */
	onJoined?: (accountId: string, projectIds: readonly string[]) => void;
	now: () => Date;
	newId: () => string;
};

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');

const isBarred = (row: InvitationRow | null, accountId: string) => row?.barred?.includes(accountId) === true;

export type Workspaces = ReturnType<typeof createWorkspaces>;

/** Workspaces, who belongs to them, and the links by which others join. */
export function createWorkspaces({
	workspaces,
	memberships,
	invitations,
	accounts,
	projects,
	onRevoked,
	onRemoved,
	onJoined,
	now,
	newId,
}: WorkspaceDeps) {
	async function current(token: string): Promise<InvitationRow> {
		const row = await invitations.find(hashOf(token));
		if (row === null) throw new Problem('not-found');
		if (row.expiresAt <= now()) throw new Problem('invitation-ended');
		return row;
	}

	async function existing(workspaceId: string) {
		const row = await workspaces.find(workspaceId);
		if (row === null) throw new Problem('not-found');
		return row;
	}

	return {
		/** Makes the workspace that every account owns. */
		async addOwn(account: { id: string; name: string; language: Language }, session: ClientSession): Promise<string> {
			const id = newId();
			await workspaces.add({ _id: id, name: ownName[account.language](account.name), createdAt: now() }, session);
			await memberships.add(
				{ _id: newId(), workspaceId: id, accountId: account.id, role: 'owner', joinedAt: now() },
				session,
			);
			return id;
		},
		/** The workspaces of the actor, their own first. */
		async list(actor: Actor): Promise<Workspace[]> {
			const own = await memberships.ofAccount(actor.signedIn().id);
			const rows = await workspaces.findAll(own.map((row) => row.workspaceId));
			const names = new Map(rows.map((row) => [row._id, row.name]));
			return own.flatMap(({ workspaceId, role }) => {
				const name = names.get(workspaceId);
				return name === undefined ? [] : [{ id: workspaceId, name, role }];
			});
		},
		/** Who belongs to a workspace, the longest first. */
		async members(actor: Actor, workspaceId: string): Promise<Member[]> {
			await actor.mustIn('workspace.read', workspaceId);
			const rows = await memberships.ofWorkspace(workspaceId);
			const names = await accounts.namesOf(rows.map((row) => row.accountId));
			return rows.map((row) => ({
				accountId: row.accountId,
				name: names.get(row.accountId) ?? '',
				role: row.role,
				joinedAt: row.joinedAt.toISOString(),
			}));
		},
		/** Removes a member, ends the links that they made or came by, cuts their connections and cancels their tasks; the owner stays. */
		async removeMember(actor: Actor, workspaceId: string, accountId: string): Promise<void> {
			await actor.mustIn('member.remove', workspaceId);
			const role = await memberships.roleOf(workspaceId, accountId);
			if (role === null) throw new Problem('not-found');
			if (role === 'owner') throw new Problem('not-allowed', 'The owner of a workspace cannot be removed');
			// Barred first: whoever accepts a link at this moment looks again after joining.
			await invitations.bar(workspaceId, accountId, now());
			await memberships.remove(workspaceId, accountId);
			const projectIds = await projects.idsOfWorkspace(workspaceId);
			onRevoked(accountId, projectIds);
			await onRemoved?.(accountId, projectIds);
		},
		/** Makes a link that lets whoever has it join; it works until it ends. */
		async invite(actor: Actor, workspaceId: string, offer: { role: InvitedRole; projectId?: string | undefined }) {
			await actor.mustIn('member.invite', workspaceId);
			const { role, projectId = null } = offer;
			if (projectId !== null && (await projects.find(projectId))?.workspaceId !== workspaceId)
				throw new Problem('not-found');
			const token = randomBytes(32).toString('base64url');
			const createdAt = now();
			const expiresAt = new Date(createdAt.getTime() + limits.invitationMs);
			await invitations.add({
				_id: hashOf(token),
				workspaceId,
				projectId,
				role,
				invitedBy: actor.signedIn().id,
				createdAt,
				expiresAt,
			});
			return { token, expiresAt: expiresAt.toISOString() };
		},
		/** What a link offers. */
		async readInvitation(token: string): Promise<Invitation> {
			const row = await current(token);
			const workspace = await existing(row.workspaceId);
			const project = row.projectId === null ? null : await projects.find(row.projectId);
			const names = await accounts.namesOf([row.invitedBy]);
			return {
				workspaceName: workspace.name,
				projectId: project?._id ?? null,
				projectName: project?.name ?? null,
				role: row.role,
				invitedBy: names.get(row.invitedBy) ?? '',
				expiresAt: row.expiresAt.toISOString(),
			};
		},
		/** Joins by a link; joining twice is joining once, and a higher role stays. */
		async acceptInvitation(actor: Actor, token: string): Promise<{ workspace: Workspace; projectId: string | null }> {
			const { id: accountId } = actor.signedIn();
			const invitation = await current(token);
			if (isBarred(invitation, accountId)) throw new Problem('invitation-ended');
			const { workspaceId, role } = invitation;
			const workspace = await existing(workspaceId);
			const lower = roles.slice(roles.indexOf(role) + 1);
			await memberships.join({ _id: newId(), workspaceId, accountId, role, joinedAt: now() }, lower);
			// Removed since the first look: the bar is set before the membership goes, so one of the two sees the other.
			if (isBarred(await invitations.find(invitation._id), accountId)) {
				await memberships.remove(workspaceId, accountId);
				throw new Problem('invitation-ended');
			}
			const joined = (await memberships.roleOf(workspaceId, accountId)) ?? role;
			const project = invitation.projectId === null ? null : await projects.find(invitation.projectId);
			onJoined?.(accountId, project === null ? await projects.idsOfWorkspace(workspaceId) : [project._id]);
			return { workspace: { id: workspaceId, name: workspace.name, role: joined }, projectId: project?._id ?? null };
		},
	};
}
