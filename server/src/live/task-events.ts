import type { Bus } from '@reelroom/shared/node/bus.ts';
import type { TaskPreview } from '@reelroom/shared/live/events.ts';
import { toFilm } from '@reelroom/shared/node/stores/film-store.ts';
import type { PreviewRecord } from '@reelroom/shared/node/stores/preview-store.ts';
import { toPause } from '@reelroom/shared/node/stores/pause-store.ts';
import { toTake } from '@reelroom/shared/node/stores/take-store.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import type { Sockets } from './sockets.ts';

/** The stored frame as browsers get it. */
export function toPreview({ _id, shotId, stage, bytes }: PreviewRecord): TaskPreview {
	// The driver hands bytes of a change stream over in its own wrapper.
	const raw =
		'buffer' in bytes && !(bytes.buffer instanceof ArrayBuffer) ? (bytes.buffer as unknown as Uint8Array) : bytes;
	return { taskId: _id, shotId, stage, bytes: Buffer.from(raw) as unknown as ArrayBuffer };
}

/** What is told of those that wait is gathered this long: together they cost one look at the queue. */
const gatherMs = 50;
/** When something leaves the queue, the first ones of it are told their places at most this often … */
const placesMs = 250;
/** … and all of them this often; so often it is looked, too, for workers that come and go. */
const allPlacesMs = 2_000;
/** Places that change visibly. */
const firstPlaces = 20;

export type TaskEventsDeps = {
	bus: Bus;
	sockets: Pick<Sockets, 'tell' | 'isJoined' | 'joined'>;
	present: (records: readonly TaskRecord[]) => Promise<Task[]>;
	/** What waits in these projects. */
	queued: (projectIds: readonly string[]) => Promise<TaskRecord[]>;
	onError: (error: unknown) => void;
};

/**
 * Turns what changes in the database into hints to browsers, for projects that somebody looks at. When a task leaves the queue, those behind it move up: they are
 * told anew, gathered so that a busy queue does not flood anybody.
 */
export function tellTaskEvents({ bus, sockets, present, queued, onError }: TaskEventsDeps): () => void {
	const told = new Map<string, number>();
	const waiting = new Map<string, TaskRecord>();
	/** How those that wait were shown last. */
	const shown = new Map<string, Pick<Task, 'place' | 'why' | 'eta'>>();
	let gathering: NodeJS.Timeout | undefined;
	let placing: NodeJS.Timeout | undefined;
	let allTold = 0;

	const tell = (task: Task): void => {
		if (task.status === 'queued') shown.set(task.id, { place: task.place, why: task.why, eta: task.eta });
		else shown.delete(task.id);
		sockets.tell(task.projectId, 'task.changed', task);
	};
	const tellWaiting = async () => {
		const records = [...waiting.values()];
		waiting.clear();
		// What has changed meanwhile is told by its own hint.
		for (const task of await present(records)) if ((told.get(task.id) ?? 0) <= task.revision) tell(task);
	};
	const tellPlaces = async () => {
		const projectIds = sockets.joined();
		const records = projectIds.length === 0 ? [] : await queued(projectIds);
		if (records.length === 0) return shown.clear();
		const all = Date.now() - allTold >= allPlacesMs;
		if (all) allTold = Date.now();
		for (const task of await present(records)) {
			const before = shown.get(task.id);
			const isNear = (task.place ?? 0) <= firstPlaces;
			if ((all || isNear) && (before === undefined || isShownAnew(before, task))) tell(task);
		}
	};
	const placesSoon = () => {
		placing ??= setTimeout(() => {
			placing = undefined;
			tellPlaces().catch(onError);
		}, placesMs);
	};
	const looking = setInterval(() => {
		if (shown.size > 0) placesSoon();
	}, allPlacesMs);

	const ends = [
		bus.on('tasks', (record) => {
			// A renewed claim changes the document and nothing that anybody sees.
			if ((told.get(record._id) ?? 0) >= record.revision) return;
			if (!sockets.isJoined(record.projectId)) {
				told.delete(record._id);
				// It may stand before others that are looked at.
				if (record.status !== 'queued' && shown.size > 0) placesSoon();
				return;
			}
			told.set(record._id, record.revision);
			if (record.finishedAt !== null) told.delete(record._id);
			if (record.deletedAt !== undefined) {
				sockets.tell(record.projectId, 'task.removed', { id: record._id });
				return;
			}
			if (record.status === 'queued') {
				waiting.set(record._id, record);
				gathering ??= setTimeout(() => {
					gathering = undefined;
					tellWaiting().catch(onError);
				}, gatherMs);
				return;
			}
			waiting.delete(record._id);
			present([record]).then((tasks) => tasks.forEach(tell), onError);
			placesSoon();
		}),
		bus.on('pauses', (record) => {
			sockets.tell(record._id, 'tasks.paused', toPause(record._id, record));
			placesSoon();
		}),
		bus.on('takes', (record) =>
			record.discardedAt === undefined
				? sockets.tell(record.projectId, 'take.added', toTake(record))
				: sockets.tell(record.projectId, 'take.removed', { id: record._id }),
		),
		bus.on('films', (record) => sockets.tell(record.projectId, 'film.added', toFilm(record))),
		bus.on('previews', (record) => sockets.tell(record.projectId, 'task.previewed', toPreview(record))),
	];
	return () => {
		clearTimeout(gathering);
		clearTimeout(placing);
		clearInterval(looking);
		for (const end of ends) end();
	};
}

/** Whether somebody would see a difference. */
function isShownAnew(before: Pick<Task, 'place' | 'why' | 'eta'>, { place, why, eta }: Task): boolean {
	if (before.place !== place || before.why !== why || (before.eta === null) !== (eta === null)) return true;
	return before.eta !== null && eta !== null && Math.abs(before.eta.mostMs - eta.mostMs) > before.eta.mostMs / 4;
}
