import type { DurationStore } from '@reelroom/shared/node/stores/duration-store.ts';
import type { PauseStore } from '@reelroom/shared/node/stores/pause-store.ts';
import { timeKeyOf, toTask, type TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import type { WorkerStore } from '@reelroom/shared/node/stores/worker-store.ts';
import type { Task, TaskKind } from '@reelroom/shared/task/task.ts';
import { explainQueue, restOf, unknownTime, type Waiting } from '@reelroom/shared/task/waiting.ts';

export type QueueViewDeps = {
	store: Pick<TaskStore, 'queueOf' | 'runningOf'>;
	pauses: Pick<PauseStore, 'paused'>;
	workers: Pick<WorkerStore, 'alive'>;
	durations: Pick<DurationStore, 'all'>;
	now: () => Date;
};
export type QueueView = ReturnType<typeof createQueueView>;
/** What changes slowly is asked for again after this long. */
const freshMs = 1_000;

/** Shows tasks as people see them: those that wait with their places, why they wait and for how long, those that run with how long they yet take. */
export function createQueueView({ store, pauses, workers, durations, now }: QueueViewDeps) {
	const working = keepFresh(() => workers.alive(now()), now);
	const learned = keepFresh(durations.all, now);
	const explain = async (kind: TaskKind): Promise<Map<string, Waiting>> => {
		const [queue, running, paused, alive, times] = await Promise.all([
			store.queueOf(kind),
			store.runningOf(kind),
			pauses.paused(),
			working(),
			learned(),
		]);
		return explainQueue({
			now: now(),
			queue: queue.map((task) => ({
				...{ id: task._id, createdBy: task.createdBy, projectId: task.projectId, provider: task.provider },
				...{ timeKey: timeKeyOf(task), retryAt: task.retryAt ?? null, atOnce: task.atOnce ?? null },
			})),
			running: running.map((task) => ({
				...{ createdBy: task.createdBy, timeKey: timeKeyOf(task), startedAt: task.startedAt ?? now() },
				etaMs: task.progress?.etaMs ?? null,
			})),
			workers: alive.map(({ places, providers }) => ({ places: places[kind], providers: providers[kind] })),
			paused: new Set(paused),
			timeOf: (key) => times.get(key) ?? unknownTime,
		});
	};
	return {
		async present(records: readonly TaskRecord[]): Promise<Task[]> {
			const isRunning = ({ status }: TaskRecord) => status === 'running' || status === 'cancelling';
			const kinds = new Set(records.filter(({ status }) => status === 'queued').map(({ kind }) => kind));
			const told = (await Promise.all([...kinds].map(explain))).flatMap((queue) => [...queue]);
			const waiting = new Map(told);
			const times = records.some(isRunning) ? await learned() : new Map<string, never>();
			return records.map((record) => {
				const task = toTask(record, waiting.get(record._id) ?? null);
				if (!isRunning(record)) return task;
				const startedAt = record.startedAt ?? now();
				const rest = { startedAt, etaMs: record.progress?.etaMs ?? null, timeKey: timeKeyOf(record) };
				return { ...task, eta: restOf(rest, now(), (key) => times.get(key) ?? unknownTime) };
			});
		},
	};
}

/** What a question was answered with, asked again when that is old; whoever asks at the same time waits for one answer. */
function keepFresh<T>(ask: () => Promise<T>, now: () => Date): () => Promise<T> {
	let answer: Promise<T> | undefined;
	let askedAt = 0;
	return () => {
		if (answer === undefined || now().getTime() - askedAt > freshMs) {
			askedAt = now().getTime();
			const asked = ask();
			answer = asked;
			// One that failed is not kept.
			asked.catch(() => {
				if (answer === asked) answer = undefined;
			});
		}
		return answer;
	};
}
