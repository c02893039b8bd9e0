import type { Bus } from '@reelroom/shared/node/bus.ts';
import type { TaskPreview } from '@reelroom/shared/live/events.ts';
import { toFilm } from '@reelroom/shared/node/stores/film-store.ts';
import type { PreviewRecord } from '@reelroom/shared/node/stores/preview-store.ts';
import { toTake } from '@reelroom/shared/node/stores/take-store.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-store.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import type { Sockets } from './sockets.ts';

/** The stored frame as browsers get it. */
export function toPreview({ _id, shotId, stage, bytes }: PreviewRecord): TaskPreview {
	// The driver hands bytes of a change stream over in its own wrapper.
	const raw =
		'buffer' in bytes && !(bytes.buffer instanceof ArrayBuffer) ? (bytes.buffer as unknown as Uint8Array) : bytes;
	return { taskId: _id, shotId, stage, bytes: Buffer.from(raw) as unknown as ArrayBuffer };
}

/** Places in the queue are told again at most this often. */
const placesMs = 250;

/**
 * Turns what changes in the database into hints to browsers. When a task leaves the queue, those behind it move up: their places are told anew,
 * gathered so that a busy queue does not flood anybody.
 */
export function tellTaskEvents(deps: {
	bus: Bus;
	sockets: Sockets;
	present: (records: readonly TaskRecord[]) => Promise<Task[]>;
	queued: (projectId: string) => Promise<Task[]>;
	onError: (error: unknown) => void;
}): () => void {
	const { bus, sockets, present, queued, onError } = deps;
	const told = new Map<string, number>();
	let timer: NodeJS.Timeout | undefined;
	const tellPlaces = async () => {
		for (const projectId of sockets.joined())
			for (const task of await queued(projectId)) sockets.tell(projectId, 'task.changed', task);
	};
	const ends = [
		bus.on('tasks', (record) => {
			// A renewed claim changes the document and nothing that anybody sees.
			if ((told.get(record._id) ?? 0) >= record.revision) return;
			told.set(record._id, record.revision);
			if (record.finishedAt !== null) told.delete(record._id);
			if (record.deletedAt !== undefined) {
				sockets.tell(record.projectId, 'task.removed', { id: record._id });
				return;
			}
			present([record]).then(
				([task]) => task !== undefined && sockets.tell(record.projectId, 'task.changed', task),
				onError,
			);
			if (record.status === 'queued') return;
			timer ??= setTimeout(() => {
				timer = undefined;
				tellPlaces().catch(onError);
			}, placesMs);
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
		clearTimeout(timer);
		for (const end of ends) end();
	};
}
