import * as z from 'zod';

/** Roles of a workspace from the most to the least powerful; a guest came by a link and has no account. */
export const roles = ['owner', 'admin', 'editor', 'reviewer', 'viewer', 'guest'] as const;
export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

const everybody: readonly Role[] = roles;
const members: readonly Role[] = ['owner', 'admin', 'editor', 'reviewer', 'viewer'];
const editors: readonly Role[] = ['owner', 'admin', 'editor'];
const reviewers: readonly Role[] = ['owner', 'admin', 'editor', 'reviewer'];
const admins: readonly Role[] = ['owner', 'admin'];

/** The one table of rights: who may do what inside a workspace. */
const allowed = {
	'workspace.read': members,
	'workspace.edit': admins,
	'credential.read': admins,
	'credential.edit': admins,
	'usage.read': members,
	/** What others have used, not oneself alone. */
	'usage.readAll': admins,
	'member.invite': editors,
	'member.remove': admins,
	'project.create': editors,
	'project.read': everybody,
	'project.edit': editors,
	'project.delete': admins,
	'document.read': everybody,
	'document.edit': editors,
	'script.import': editors,
	'breakdown.accept': editors,
	'workflow.read': members,
	'workflow.edit': editors,
	'task.read': members,
	'task.create': editors,
	'task.cancel': editors,
	'task.retry': editors,
	'task.delete': editors,
	/** Holding back all tasks of a project, and letting them go on. */
	'task.pause': editors,
	'take.read': everybody,
	'take.create': editors,
	'take.delete': editors,
	'take.vote': reviewers,
	'film.read': everybody,
	'version.read': members,
	'version.name': editors,
	'version.restore': editors,
	'activity.read': members,
	'note.read': everybody,
	'note.create': [...reviewers, 'guest'],
	'note.edit': [...reviewers, 'guest'],
	'note.delete': [...reviewers, 'guest'],
	/** Deleting what others wrote. */
	'note.moderate': admins,
	'note.resolve': reviewers,
	'review.read': members,
	'review.set': reviewers,
	'share.read': editors,
	'share.create': editors,
	'share.revoke': editors,
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof allowed;
/** Actions that need no role in a workspace: open to everybody, to whoever is signed in, or to who administrates the install. */
export type OpenAction = 'public' | 'signed-in' | 'administrator';
export const actions = Object.keys(allowed) as Action[];

/** Whether a role may do an action; the only place that decides it. */
export function can(role: Role, action: Action): boolean {
	return allowed[action].includes(role);
}
