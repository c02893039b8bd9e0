import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { listenBell } from '@reelroom/shared/node/bell.ts';
import type { Charges } from '@reelroom/shared/node/charges.ts';
import { followCancels } from '@reelroom/shared/node/follow-cancels.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { Chore, Queue } from '@reelroom/shared/node/queue.ts';
import { createPauseStore } from '@reelroom/shared/node/stores/pause-store.ts';
import type { TaskClaims } from '@reelroom/shared/node/stores/task-claims.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { Claimant } from '@reelroom/shared/node/stores/task-taking.ts';
import { createWorkerStore, workerBeatMs, type ProviderState } from '@reelroom/shared/node/stores/worker-store.ts';
import type { TaskKind } from '@reelroom/shared/task/task.ts';
import { createDispatcher } from './dispatcher.ts';
import type { TaskEnds } from './task-ends.ts';

export type TakeTasksDeps = {
	db: Db;
	worker: Claimant;
	/** How many tasks of each kind may run at once. */
	places: Record<TaskKind, number>;
	/** What it can do of a kind: by name, and of a provider that works elsewhere how its nodes are. */
	stateOf: (kind: TaskKind) => Record<string, ProviderState>;
	/** Asks those nodes. */
	probe: () => Promise<unknown>;
	/** Says when only its end is yet to be written, and resolves then, with the instant from which it is to be tried again, if it is. */
	run: (task: TaskRecord, stop: AbortController, free: () => void) => Promise<Date | null>;
	queue: Pick<Queue, 'leave' | 'listen'>;
	/** What one of all workers does at a time. */
	chores: readonly Chore[];
	claims: TaskClaims;
	ends: Pick<TaskEnds, 'settled'>;
	charges: Pick<Charges, 'settle'>;
	/** Clears up behind a task that has come to its end because its worker is gone. */
	abandoned?: (task: TaskRecord) => Promise<void>;
	/** Address at which servers ring. */
	bellHost: string;
	leaseMs: number;
	log: Log;
	now: () => Date;
};

/** Joins the queue as a worker: hears the bell, scene jobs and cancels, tells of itself, takes tasks and runs them, until it is closed. */
export async function takeTasks(deps: TakeTasksDeps): Promise<{ close(graceMs: number): Promise<void> }> {
	const { db, worker, places, stateOf, queue, chores, claims, charges, leaseMs, log, now } = deps;
	const [workers, pauses] = [createWorkerStore(db), createPauseStore(db)];
	await Promise.all([workers.ready(), pauses.ready()]);
	const roomOf = (state: ProviderState): number | 'busy' => {
		if (state === null) return Infinity;
		return state.up > 0 && state.room === 0 ? 'busy' : state.room;
	};
	const run = async (task: TaskRecord, stop: AbortController, free: () => void): Promise<Date | null> => {
		const again = await deps.run(task, stop, free);
		const { _id, projectId, kind } = task;
		// Whichever worker lives then begins it.
		if (again !== null) queue.leave({ projectId, reason: 'retry', taskId: _id, kinds: [kind] }, again);
		return again;
	};
	const dispatcher = createDispatcher({
		...{ claims, worker, places, run, leaseMs, log, now },
		pausedProjects: pauses.paused,
		rooms: (kind) => new Map(Object.entries(stateOf(kind)).map(([provider, state]) => [provider, roomOf(state)])),
		abandoned: async (ended) => {
			for (const task of ended) await deps.abandoned?.(task);
			await Promise.all(ended.map(charges.settle));
		},
	});
	const bell = await listenBell(deps.bellHost, { look: dispatcher.look, stop: dispatcher.cancel });
	const cancels = await followCancels(db, log, dispatcher.cancel);
	const listening = await queue.listen({
		heard: ({ kinds }) => kinds.forEach((kind) => dispatcher.look(kind)),
		chores,
	});
	const tell = async (): Promise<void> => {
		try {
			// A node that does not answer keeps nobody from hearing of the worker.
			await Promise.race([deps.probe(), wait(1_000, undefined, { ref: false })]);
			const providers = { image: stateOf('image'), video: stateOf('video'), render: stateOf('render') };
			await workers.put({ _id: worker.id, name: worker.name, places, providers, bell: bell.address, at: now() });
		} catch (error) {
			log.warn({ err: error }, 'the worker could not tell of itself');
		}
	};
	const telling = setInterval(() => void tell(), workerBeatMs);
	// A node that does not answer keeps nothing else from beginning.
	const told = tell();
	return {
		async close(graceMs) {
			clearInterval(telling);
			// Whoever asks who works does not count on this one any more.
			const gone = told.then(() => workers.remove(worker.id)).catch(() => {});
			// What is left behind from now on is for others to hear.
			const deaf = listening.close();
			await dispatcher.close(graceMs);
			await deps.ends.settled();
			await Promise.all([bell.close(), cancels.close(), deaf, gone]);
		},
	};
}
