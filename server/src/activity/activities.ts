import { createHash } from 'node:crypto';
import {
	activityKinds,
	ActivitySubject,
	foldMs,
	type Activity,
	type ActivityKind,
} from '@reelroom/shared/activity/activity.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { ActivityRecord, ActivityStore } from '@reelroom/shared/node/stores/activity-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Actor } from '../http/on.ts';

/** Something that was done, as the edge where it happened tells it. */
export type Done = {
	projectId: string;
	by: string;
	kind: ActivityKind;
	subject: ActivitySubject;
	/** Shots or takes it was done to, for kinds that fold; what makes it this one and no other, for the rest. */
	things?: readonly string[];
	at?: Date;
};
/** Notes what was done without holding up or failing what did it. */
export type Note = (done: Done) => void;
export type Activities = ReturnType<typeof createActivities>;

export type ActivityDeps = {
	store: ActivityStore;
	isProject: (projectId: string) => Promise<boolean>;
	/** Names of accounts by id. */
	namesOf: (ids: readonly string[]) => Promise<Map<string, string>>;
	log: Pick<Log, 'warn'>;
	now: () => Date;
	newId: () => string;
};

/** So many rows are written together. */
const mostAtOnce = 50;

/** What people do in a project. Telling the same thing twice, from two servers or after a retry, makes one row. */
export function createActivities({ store, isProject, namesOf, log, now, newId }: ActivityDeps) {
	const waiting: { row: ActivityRecord; resolve: () => void; reject: (error: unknown) => void }[] = [];
	let isWriting = false;

	function rowOf(done: Done): ActivityRecord {
		const { projectId, by, kind, at = now() } = done;
		const subject = ActivitySubject.parse(JSON.parse(JSON.stringify(done.subject)));
		const fold = activityKinds[kind];
		const { shotId, sceneId, versionId, filmId } = subject;
		const named = shotId ?? versionId ?? filmId;
		const things = [...(done.things ?? [named ?? (fold === 'once' ? newId() : (sceneId ?? projectId))])];
		const slot = Math.floor(at.getTime() / foldMs);
		const key = fold === 'once' ? things : [slot, fold === 'scene' ? sceneId : ''];
		const _id = createHash('sha256')
			.update(JSON.stringify([projectId, by, kind, ...key]))
			.digest('hex')
			.slice(0, 32);
		return { _id, projectId, by, kind, subject, things, since: at, at };
	}

	/** Writes what waits, some at a time: many documents note what was done in the same moment, and whoever types must not wait for that. */
	async function writeWaiting(): Promise<void> {
		isWriting = true;
		while (waiting.length > 0) {
			const group = waiting.splice(0, mostAtOnce);
			try {
				await store.add(group.map(({ row }) => row));
				// Deleting a project makes it unreachable first and clears it after: one of the two sees the other.
				for (const projectId of new Set(group.map(({ row }) => row.projectId)))
					if (!(await isProject(projectId))) await store.removeOfProject(projectId);
				for (const { resolve } of group) resolve();
			} catch (error) {
				for (const { reject } of group) reject(error);
			}
		}
		isWriting = false;
	}

	/** Resolves when it is written. */
	async function record(done: Done): Promise<void> {
		const row = rowOf(done);
		await new Promise<void>((resolve, reject) => {
			waiting.push({ row, resolve, reject });
			if (!isWriting) void writeWaiting();
		});
	}

	async function views(rows: readonly ActivityRecord[]): Promise<Activity[]> {
		const names = await namesOf([...new Set(rows.map((row) => row.by))]);
		return rows.map(({ _id, by, things, since, at, ...rest }) => ({
			...rest,
			id: _id,
			by: { id: by, name: names.get(by) ?? '' },
			count: Math.max(1, things.length),
			since: since.toISOString(),
			at: at.toISOString(),
		}));
	}

	return {
		record,
		/** Notes what was done; it is already done, so a failure is logged and no more. */
		note: ((done) => {
			record(done).catch((error: unknown) => log.warn({ err: error, kind: done.kind }, 'an activity was not noted'));
		}) satisfies Note,
		/** A page of what was done, and until when the actor has seen it. */
		async list(actor: Actor, projectId: string, query: { after?: string | undefined; limit: number }) {
			await actor.must('activity.read', projectId);
			const [rows, seenAt] = await Promise.all([
				store.list(projectId, { after: readPlace(query.after), limit: query.limit + 1 }),
				store.seenAt(projectId, actor.signedIn().id),
			]);
			const page = rows.slice(0, query.limit);
			const last = page.at(-1);
			return {
				items: await views(page),
				next: last === undefined || rows.length <= query.limit ? null : `${last.at.getTime()}_${last._id}`,
				seenAt: seenAt?.toISOString() ?? null,
			};
		},
		/** How much others have done since the actor looked last. */
		async unread(actor: Actor, projectId: string): Promise<{ count: number }> {
			await actor.must('activity.read', projectId);
			const { id } = actor.signedIn();
			const seenAt = (await store.seenAt(projectId, id)) ?? new Date(0);
			return { count: await store.countOfOthers(projectId, id, seenAt) };
		},
		/** Notes that the actor has seen everything until an instant, no later than now. */
		async see(actor: Actor, projectId: string, at: string): Promise<void> {
			await actor.must('activity.read', projectId);
			await store.see(projectId, actor.signedIn().id, new Date(Math.min(Date.parse(at), now().getTime())));
		},
	};
}

/** The place behind which a page begins, as the page before told it. */
function readPlace(after: string | undefined): { at: Date; id: string } | undefined {
	if (after === undefined) return undefined;
	const [, ms, id] = /^(\d{1,15})_([A-Za-z0-9_-]{1,64})$/.exec(after) ?? [];
	if (ms === undefined || id === undefined) throw new Problem('invalid-input', 'There is no such page');
	return { at: new Date(Number(ms)), id };
}
