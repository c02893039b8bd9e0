import type { Bus } from '@reelroom/shared/node/bus.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { TaskListChange } from '@reelroom/shared/live/events.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import type { Sockets } from './sockets.ts';

/** What changes within this time is told together. */
const gatherMs = 250;

export type TaskListHintsDeps = {
	bus: Bus;
	sockets: Pick<Sockets, 'tellFollowers' | 'hasFollowers'>;
	present: (records: readonly TaskRecord[]) => Promise<Task[]>;
	/** The accounts that may see the tasks of a project; asked at each telling, so that nobody hears of what they were removed from. */
	readersOf: (projectId: string) => Promise<readonly string[]>;
	onError: (error: unknown) => void;
};

/**
 * Tells those who look at the list of all their tasks what changes in it, across projects: of each task its newest state, at most four times a second however
 * many change. Hints only: whoever missed one reads the list again.
 */
export function tellTaskLists({ bus, sockets, present, readersOf, onError }: TaskListHintsDeps): () => void {
	/** Newest state of what has changed since the last telling. */
	let changed = new Map<string, TaskRecord>();
	/** Revisions that were told of tasks that go on, so that a renewed claim, which nobody sees, is not told. */
	const told = new Map<string, number>();
	let gathering: NodeJS.Timeout | undefined;

	const tell = async (): Promise<void> => {
		const records = [...changed.values()];
		changed = new Map();
		const removed = records.filter(({ deletedAt }) => deletedAt !== undefined);
		const tasks = await present(records.filter(({ deletedAt }) => deletedAt === undefined));
		const byProject = Map.groupBy(
			[
				...tasks.map((task): { projectId: string; change: TaskListChange } => ({
					projectId: task.projectId,
					change: { task },
				})),
				...removed.map(({ projectId, _id }) => ({ projectId, change: { removed: _id } })),
			],
			({ projectId }) => projectId,
		);
		const byReader = new Map<string, TaskListChange[]>();
		for (const [projectId, all] of byProject)
			for (const reader of await readersOf(projectId))
				byReader.set(reader, [...(byReader.get(reader) ?? []), ...all.map(({ change }) => change)]);
		for (const [reader, changes] of byReader) sockets.tellFollowers(reader, changes);
	};
	const unhear = bus.on('tasks', (record) => {
		if (!sockets.hasFollowers()) return told.clear();
		if ((told.get(record._id) ?? 0) >= record.revision) return;
		if (record.finishedAt === null) told.set(record._id, record.revision);
		else told.delete(record._id);
		changed.set(record._id, record);
		gathering ??= setTimeout(() => {
			gathering = undefined;
			tell().catch(onError);
		}, gatherMs);
	});
	return () => {
		clearTimeout(gathering);
		unhear();
	};
}
