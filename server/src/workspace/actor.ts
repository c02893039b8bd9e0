import { Problem } from '@reelroom/shared/problem.ts';
import { type Action, type Role, can } from '@reelroom/shared/workspace/access.ts';
import type { Actor, SignedIn } from '../http/on.ts';

export type AccessDeps = {
	memberships: { roleOf(workspaceId: string, accountId: string): Promise<Role | null> };
	projects: { workspaceOf(projectId: string): Promise<string | null> };
	accounts: { find(id: string): Promise<{ administrator: boolean } | null> };
};
export type Access = ReturnType<typeof createAccess>;

/** Roles looked up where they are stored, at every question, so that a removed member is out at once. */
export function createAccess({ memberships, projects, accounts }: AccessDeps) {
	/** The role of an account over a project; null for what it may not even see. */
	async function roleOf(accountId: string, projectId: string): Promise<Role | null> {
		const workspaceId = await projects.workspaceOf(projectId);
		return workspaceId === null ? null : memberships.roleOf(workspaceId, accountId);
	}
	return {
		roleOf,
		roleIn: (accountId: string, workspaceId: string) => memberships.roleOf(workspaceId, accountId),
		isAdministrator: async (accountId: string) => (await accounts.find(accountId))?.administrator === true,
	};
}

/** Somebody who asks, with the questions about their rights; null is a visitor. */
export function createActor(access: Access, account: SignedIn | null): Actor {
	function signedIn() {
		if (account === null) throw new Problem('sign-in-required');
		return account;
	}
	function allowed(role: Role | null, action: Action): Role {
		if (role === null) throw new Problem('not-found');
		if (!can(role, action)) throw new Problem('not-allowed');
		return role;
	}
	return {
		account,
		signedIn,
		must: async (action, projectId) => allowed(await access.roleOf(signedIn().id, projectId), action),
		mustIn: async (action, workspaceId) => allowed(await access.roleIn(signedIn().id, workspaceId), action),
		async mustAdminister() {
			if (!(await access.isAdministrator(signedIn().id))) throw new Problem('not-allowed');
		},
	};
}
