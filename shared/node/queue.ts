import { Agenda, type Job } from 'agenda';
import { MongoBackend, MongoChangeStreamNotificationChannel } from '@agendajs/mongo-backend';
import type { Db } from 'mongodb';
import { jobNames, TaskJob, type TaskKind } from '../src/task/job.ts';
import { limits } from '../src/limits.ts';
import type { Log } from './log.ts';

type Notification = Parameters<MongoChangeStreamNotificationChannel['publish']>[0];

/** Agenda's channel rings only for new and changed jobs; a freed slot rings by hand, else the next job would wait for the next look. */
class Doorbell extends MongoChangeStreamNotificationChannel {
	ring(jobName: string): Promise<void> {
		return this.notifyHandlers({
			jobId: 'freed-slot' as never,
			jobName,
			nextRunAt: null,
			priority: 0,
			timestamp: new Date(),
		});
	}

	// Agenda passes over a ring for a moment after its next look, and forgets to move that look on while every slot is taken; a ring without a time is always heard.
	protected override notifyHandlers(notification: Notification): Promise<void> {
		return super.notifyHandlers({ ...notification, nextRunAt: null });
	}
}

export type Queue = {
	/** Rings for a task; the smallest turn is heard first. Ringing twice does no harm: a task is claimed once. */
	enqueue(kind: TaskKind, taskId: string, turn?: number): Promise<void>;
	/** Whether a ring for this task still waits to be heard. */
	isWaiting(taskId: string): Promise<boolean>;
	/** Hears the bell: `run` is called for each task, at most `concurrency` of a kind at once. */
	listen(concurrency: Record<TaskKind, number>, run: (taskId: string, kind: TaskKind) => Promise<void>): Promise<void>;
	/** Stops hearing; what runs goes on. */
	close(): Promise<void>;
	/** Waits until the jobs that are done are gone from the queue. */
	settled(): Promise<void>;
};

/** Agenda, set up once: the doorbell of the tasks. It never decides anything; the task document does. */
export function createQueue({ db, log, lockMs = limits.taskLeaseMs }: { db: Db; log: Log; lockMs?: number }): Queue {
	const collection = 'agendaJobs';
	const doorbell = new Doorbell({ db, collection });
	doorbell.on('error', (error: unknown) => log.warn({ err: error }, 'the doorbell was lost'));
	const agenda = new Agenda({
		backend: new MongoBackend({ mongo: db, collection, sort: { priority: 'desc', nextRunAt: 'asc' } }),
		notificationChannel: doorbell,
		processEvery: 1000,
		// Agenda frees the slot only after it has removed the job; here the job is removed behind it.
		removeOnComplete: false,
		defaultLockLifetime: lockMs,
	});
	agenda.on('error', (error: Error) => log.warn({ err: error }, 'the queue had a fault'));
	const removing = new Set<Promise<unknown>>();
	let listening = false;
	return {
		enqueue: async (kind, taskId, turn = Date.now()) => {
			const job = agenda.create(jobNames[kind], TaskJob.parse({ taskId }));
			await job.schedule(new Date()).priority(-turn).save();
		},
		isWaiting: async (taskId) =>
			(await db
				.collection(collection)
				.countDocuments({ 'data.taskId': taskId, lockedAt: null, nextRunAt: { $ne: null } }, { limit: 1 })) > 0,
		async listen(concurrency, run) {
			for (const kind of Object.keys(jobNames) as TaskKind[]) {
				const name = jobNames[kind];
				agenda.define(
					name,
					async (job: Job) => {
						const { taskId } = TaskJob.parse(job.attrs.data);
						// The lock is short, so that a dead worker's jobs come free soon; whoever works renews it.
						const renew = setInterval(
							() =>
								void job
									.touch(0)
									.catch((error: unknown) => log.warn({ err: error, taskId }, 'the lock was not renewed')),
							lockMs / 3,
						);
						try {
							await run(taskId, kind);
						} finally {
							clearInterval(renew);
						}
					},
					{ concurrency: concurrency[kind], lockLimit: concurrency[kind], lockLifetime: lockMs },
				);
				agenda.on(`complete:${name}`, (job: Job) => {
					const removed = job
						.remove()
						.catch((error: unknown) => log.warn({ err: error }, 'a job that is done was left behind'))
						.finally(() => removing.delete(removed));
					removing.add(removed);
					// Agenda frees the slot in the microtasks after this event.
					setImmediate(
						() =>
							void doorbell
								.ring(name)
								.catch((error: unknown) => log.warn({ err: error }, 'the bell for a freed slot failed')),
					);
				});
			}
			listening = true;
			await agenda.start();
		},
		async close() {
			if (listening) await agenda.stop(false);
			else await doorbell.disconnect();
		},
		settled: async () => void (await Promise.all(removing)),
	};
}
