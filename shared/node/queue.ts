import { Agenda, type Job } from 'agenda';
import { MongoBackend, MongoChangeStreamNotificationChannel } from '@agendajs/mongo-backend';
import type { Db } from 'mongodb';
import { jobNames, TaskJob, type TaskKind } from '../src/task/job.ts';
import { limits } from '../src/limits.ts';
import type { Log } from './log.ts';

/** Agenda's channel rings only for new and changed jobs; a freed slot rings by hand, else the next job would wait for the next look. */
class Doorbell extends MongoChangeStreamNotificationChannel {
	ring(jobName: string): Promise<void> {
		const now = new Date();
		return this.notifyHandlers({ jobId: 'freed-slot' as never, jobName, nextRunAt: now, priority: 0, timestamp: now });
	}
}

export type Queue = {
	/** Rings for a task. Ringing twice does no harm: a task is claimed once. */
	enqueue(kind: TaskKind, taskId: string): Promise<void>;
	/** Whether a ring for this task still waits to be heard. */
	isWaiting(taskId: string): Promise<boolean>;
	/** Hears the bell: `run` is called for each task, at most `concurrency` of a kind at once. */
	listen(concurrency: Record<TaskKind, number>, run: (taskId: string) => Promise<void>): Promise<void>;
	/** Stops hearing; what runs goes on. */
	close(): Promise<void>;
};

/** Agenda, set up once: the doorbell of the tasks. It never decides anything; the task document does. */
export function createQueue({ db, log }: { db: Db; log: Log }): Queue {
	const collection = 'agendaJobs';
	const doorbell = new Doorbell({ db, collection });
	doorbell.on('error', (error: unknown) => log.warn({ err: error }, 'the doorbell was lost'));
	const agenda = new Agenda({
		backend: new MongoBackend({ mongo: db, collection, sort: { priority: 'desc', nextRunAt: 'asc' } }),
		notificationChannel: doorbell,
		processEvery: 2000,
		removeOnComplete: true,
		defaultLockLifetime: limits.taskLeaseMs,
	});
	agenda.on('error', (error: Error) => log.warn({ err: error }, 'the queue had a fault'));
	let listening = false;
	return {
		enqueue: async (kind, taskId) => void (await agenda.now(jobNames[kind], TaskJob.parse({ taskId }))),
		isWaiting: async (taskId) => (await db.collection(collection).countDocuments({ 'data.taskId': taskId, lockedAt: null, nextRunAt: { $ne: null } }, { limit: 1 })) > 0,
		async listen(concurrency, run) {
			for (const kind of Object.keys(jobNames) as TaskKind[]) {
				const name = jobNames[kind];
				agenda.define(
					name,
					async (job: Job) => {
						const { taskId } = TaskJob.parse(job.attrs.data);
						// The lock is short, so that a dead worker's jobs come free soon; whoever works renews it.
						const renew = setInterval(() => void job.touch(0).catch((error: unknown) => log.warn({ err: error, taskId }, 'the lock was not renewed')), limits.taskLeaseMs / 3);
						try {
							await run(taskId);
						} finally {
							clearInterval(renew);
						}
					},
					{ concurrency: concurrency[kind], lockLimit: concurrency[kind], lockLifetime: limits.taskLeaseMs },
				);
				agenda.on(`complete:${name}`, () => void doorbell.ring(name));
			}
			listening = true;
			await agenda.start();
		},
		async close() {
			if (listening) await agenda.stop(false);
			else await doorbell.disconnect();
		},
	};
}
