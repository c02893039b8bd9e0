import { copyOf, type TakeRecord, type TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { Files } from '@reelroom/shared/node/files.ts';
import { Problem } from '@reelroom/shared/problem.ts';

export type MadeBeforeDeps = {
	takes: Pick<TakeStore, 'withFingerprints' | 'addCopy' | 'removeOfTask'>;
	files: Pick<Files, 'keep'>;
	/** Null for a project that is gone. */
	workspaceOf: (projectId: string) => Promise<string | null>;
	projectIdsOfWorkspace: (workspaceId: string) => Promise<string[]>;
	now: () => Date;
};
export type MadeBefore = (projectId: string, tasks: readonly TaskRecord[]) => Promise<Map<string, TaskRecord>>;

/** Takes of one fingerprint that are looked at: the shot's own first, then the oldest ones. */
const mostLookedAt = 5;

/**
 * Makes the function that looks, for tasks whose seed is not by chance, whether somebody of the workspace has had the same made. Those tasks have succeeded
 * before they are queued: with the take that the shot has already, else with one of the same file, which costs nothing and stores no bytes. The others are
 * answered with their key, by which the first of several at once is the one that makes it.
 */
export function createMadeBefore({
	takes,
	files,
	workspaceOf,
	projectIdsOfWorkspace,
	now,
}: MadeBeforeDeps): MadeBefore {
	/** Whether a take's files are there, and stay. */
	const isThere = async ({ sha256, thumbnailSha256 }: TakeRecord): Promise<boolean> =>
		(await Promise.all([sha256, thumbnailSha256].map(files.keep))).every((there) => there);
	const take = async (task: TaskRecord, found: readonly TakeRecord[]): Promise<string | null> => {
		const { work, _id: taskId, projectId, shotId, provider, style, createdBy } = task;
		if (work.kind === 'render' || shotId === null) return null;
		const isOwn = (each: TakeRecord): boolean => each.projectId === projectId && each.shotId === shotId;
		let source: TakeRecord | undefined;
		for (const each of [...found.filter(isOwn), ...found.filter((one) => !isOwn(one))].slice(0, mostLookedAt))
			if (source === undefined && (await isThere(each))) source = each;
		if (source === undefined) return null;
		if (isOwn(source)) return source._id;
		const { kind: _kind, ...how } = work;
		const about = { projectId, shotId, taskId, provider, style, createdBy, createdAt: now(), ...how };
		return (await takes.addCopy(copyOf(source, about)))._id;
	};
	return async (projectId, tasks) => {
		if (tasks.length === 0) return new Map();
		const workspaceId = await workspaceOf(projectId);
		if (workspaceId === null) throw new Problem('not-found');
		const fingerprints = tasks.flatMap(({ fingerprint }) => fingerprint ?? []);
		const found = await takes.withFingerprints(fingerprints, await projectIdsOfWorkspace(workspaceId));
		const byFingerprint = Map.groupBy(found, ({ fingerprint }) => fingerprint);
		const known = new Map<string, TaskRecord>();
		for (const task of tasks) {
			const takeId = await take(task, byFingerprint.get(task.fingerprint ?? '') ?? []);
			const at = now();
			known.set(
				task._id,
				takeId === null
					? { ...task, recipeKey: `${workspaceId}/${task.fingerprint}` }
					: { ...task, status: 'succeeded', takeId, cached: true, startedAt: at, finishedAt: at },
			);
		}
		// Deleting a project makes it unreachable first and clears it after: one of the two sees the other.
		if (found.length > 0 && (await workspaceOf(projectId)) === null) {
			for (const { _id } of tasks) await takes.removeOfTask(_id);
			throw new Problem('not-found');
		}
		return known;
	};
}
