import { limits } from '@reelroom/shared/limits.ts';
import { replaceScript } from '@reelroom/shared/project/document.ts';
import type { AspectRatio, Project } from '@reelroom/shared/project/project.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { MembershipStore } from '@reelroom/shared/node/stores/membership-store.ts';
import type { ProjectRow, ProjectStore } from '@reelroom/shared/node/stores/project-store.ts';
import type { WorkspaceStore } from '@reelroom/shared/node/stores/workspace-store.ts';
import { hasTooManyLines } from '@reelroom/shared/script/read-part.ts';
import type { StyleName } from '@reelroom/shared/style/style.ts';
import type { Role } from '@reelroom/shared/workspace/access.ts';
import type { Tickets } from '../account/tickets.ts';
import type { Actor } from '../http/on.ts';
import type { Documents } from '../live/documents-port.ts';

export type ProjectDeps = {
	projects: ProjectStore;
	workspaces: Pick<WorkspaceStore, 'findAll'>;
	memberships: Pick<MembershipStore, 'ofAccount'>;
	documents: Pick<Documents, 'edit' | 'remove'>;
	tickets: Pick<Tickets, 'issue'>;
	/** The newest picture of each of these projects that has one. */
	coverTakeOf: (projectIds: readonly string[]) => Promise<Map<string, string>>;
	/** Lets other rooms drop what belonged to a project. */
	/** Keeps what is to outlast a project. */
	beforeProjectDeleted: (project: Pick<ProjectRow, '_id' | 'workspaceId' | 'name'>) => Promise<void>;
	onProjectDeleted: (projectId: string) => Promise<void>;
	/** Lets who looks at a project know that its settings changed. */
	onProjectChanged: (projectId: string) => void;
	now: () => Date;
	newId: () => string;
};

type FpsValue = Project['fps'];
type NewProject = {
	workspaceId?: string | undefined;
	name: string;
	aspectRatio: AspectRatio;
	fps: FpsValue;
	style: StyleName;
	script?: string | undefined;
};
type Change = {
	name?: string | undefined;
	aspectRatio?: AspectRatio | undefined;
	fps?: FpsValue | undefined;
	style?: StyleName | undefined;
};

const view = (row: ProjectRow, more: { workspaceName: string; role: Role; coverTakeId: string | null }): Project => ({
	id: row._id,
	workspaceId: row.workspaceId,
	workspaceName: more.workspaceName,
	name: row.name,
	aspectRatio: row.aspectRatio,
	fps: row.fps,
	style: row.style,
	role: more.role,
	sample: row.sample,
	coverTakeId: more.coverTakeId,
	createdAt: row.createdAt.toISOString(),
	changedAt: row.changedAt.toISOString(),
});

export type Projects = ReturnType<typeof createProjects>;

/** Projects: their settings, and the tickets that open their live documents. */
export function createProjects(deps: ProjectDeps) {
	const { projects, workspaces, memberships, documents, tickets, now, newId } = deps;

	async function views(rows: ProjectRow[], roleOf: (row: ProjectRow) => Role): Promise<Project[]> {
		const [names, covers] = await Promise.all([
			workspaces.findAll([...new Set(rows.map((row) => row.workspaceId))]),
			deps.coverTakeOf(rows.map((row) => row._id)),
		]);
		const nameOf = new Map(names.map((row) => [row._id, row.name]));
		return rows.map((row) =>
			view(row, {
				workspaceName: nameOf.get(row.workspaceId) ?? '',
				role: roleOf(row),
				coverTakeId: covers.get(row._id) ?? null,
			}),
		);
	}

	async function viewOne(row: ProjectRow | null, role: Role): Promise<Project> {
		const [project] = row === null ? [] : await views([row], () => role);
		if (project === undefined) throw new Problem('not-found');
		return project;
	}

	async function ownWorkspaceOf(accountId: string): Promise<string> {
		const own = (await memberships.ofAccount(accountId)).find((row) => row.role === 'owner');
		if (own === undefined) throw new Problem('not-found');
		return own.workspaceId;
	}

	return {
		/** Every project the actor may see, newest change first. */
		async list(actor: Actor): Promise<Project[]> {
			const own = await memberships.ofAccount(actor.signedIn().id);
			const roles = new Map(own.map((row) => [row.workspaceId, row.role]));
			const rows = await projects.ofWorkspaces([...roles.keys()]);
			return views(rows, (row) => roles.get(row.workspaceId) ?? 'viewer');
		},
		/** Makes a project, in the actor's own workspace unless another is named. */
		async create(actor: Actor, input: NewProject): Promise<Project> {
			const account = actor.signedIn();
			const workspaceId = input.workspaceId ?? (await ownWorkspaceOf(account.id));
			const role = await actor.mustIn('project.create', workspaceId);
			const { name, aspectRatio, fps, style, script } = input;
			// Before anything is made of it.
			if (script !== undefined && hasTooManyLines(script))
				throw new Problem('too-large', `A script may have up to ${limits.linesPerScript} lines`);
			const at = now();
			const row: ProjectRow = {
				_id: newId(),
				workspaceId,
				name,
				aspectRatio,
				fps,
				style,
				sample: false,
				preparing: false,
				createdBy: account.id,
				createdAt: at,
				changedAt: at,
			};
			await projects.add(row);
			if (script !== undefined)
				await documents.edit(row._id, account.id, (doc) =>
					replaceScript(doc, account.id, script.replace(/\r\n?/g, '\n')),
				);
			return viewOne(row, role);
		},
		async read(actor: Actor, id: string): Promise<Project> {
			const role = await actor.must('project.read', id);
			return viewOne(await projects.find(id), role);
		},
		async edit(actor: Actor, id: string, change: Change): Promise<Project> {
			const role = await actor.must('project.edit', id);
			const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
			const project = await viewOne(await projects.edit(id, given, now()), role);
			deps.onProjectChanged(id);
			return project;
		},
		/** Deletes a project; what outlasts it is kept, it is out of reach, then what it held goes. */
		async delete(actor: Actor, id: string): Promise<void> {
			await actor.must('project.delete', id);
			const row = await projects.find(id);
			if (row === null) throw new Problem('not-found');
			await deps.beforeProjectDeleted({ _id: id, workspaceId: row.workspaceId, name: row.name });
			await projects.remove(id);
			await documents.remove(id);
			await deps.onProjectDeleted(id);
		},
		/** A ticket that opens one connection to the live document. */
		async ticket(actor: Actor, id: string): Promise<{ ticket: string }> {
			const role = await actor.must('document.read', id);
			const { id: accountId, name, signInId } = actor.signedIn();
			return { ticket: await tickets.issue({ accountId, projectId: id, name, role, signInId }) };
		},
	};
}
