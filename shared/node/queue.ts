import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Agenda, type Job } from 'agenda';
import { MongoBackend, MongoChangeStreamNotificationChannel } from '@agendajs/mongo-backend';
import { MongoServerError, type Db } from 'mongodb';
import { SceneJob, sceneJobName } from '../src/task/job.ts';
import type { Log } from './log.ts';

type Notification = Parameters<MongoChangeStreamNotificationChannel['publish']>[0];

/** Agenda passes over a ring that comes in the moment before its next look; one without a time is always heard. */
class Doorbell extends MongoChangeStreamNotificationChannel {
	protected override notifyHandlers(notification: Notification): Promise<void> {
		const isDue = notification.nextRunAt !== null && notification.nextRunAt <= new Date();
		return super.notifyHandlers(isDue ? { ...notification, nextRunAt: null } : notification);
	}
}

/** What is done again and again, by one worker each time. */
export type Chore = { name: string; everyMs: number; work: () => Promise<unknown> };
export type Queue = {
	/** Leaves a job behind that tasks wait, from an instant on, or now, unless its first one has been taken up meanwhile. Nobody waits for it, and it never fails: without it the tasks are found a little later. */
	leave(job: SceneJob, at?: Date): void;
	/** Hears such jobs, each by one of all workers, and does chores when they are due; until it is closed. */
	listen(about: { heard: (job: SceneJob) => void; chores: readonly Chore[] }): Promise<{ close(): Promise<void> }>;
	/** Waits until what is left behind is written. */
	close(): Promise<void>;
};

const collection = 'agendaJobs';
/** A job does no more than make a worker look: this many at once, and taken ahead for the moments of the next second, are no burden. */
const atOnce = 200;
const lockMs = 10_000;
const startMs = 5_000;
/** Whoever heard the bell has taken its task after this time, and the job need not be. A crash before that is covered by the workers' own looks. */
const behindMs = 100;
const givenBackMs = 20;
const choreLockMs = 2 * 60_000;

/**
 * Agenda, set up once: scene jobs, times and chores of an install. It decides nothing: the documents of the tasks do. A scene job of what no worker has heard of
 * lies in the database until one has looked, so that neither a lost bell nor a restart of everything keeps tasks waiting; then it is gone.
 */
export function createQueue({ db, log }: { db: Db; log: Log }): Queue {
	// What a job says stands in the tasks, too: nobody waits for the disk because of it.
	const light = db.client.db(db.databaseName, { writeConcern: { w: 1, journal: false } });
	const jobs = light.collection(collection);
	const name = randomUUID();
	// Jobs are heard when they are new; what becomes of them later is no news.
	const doorbell = new Doorbell({ db: light, collection, fullDocument: false });
	doorbell.on('error', (error: unknown) => log.warn({ err: error }, 'the doorbell was lost'));
	const agenda = new Agenda({
		name,
		backend: new MongoBackend({ mongo: light, collection, sort: { priority: 'desc', nextRunAt: 'asc' } }),
		notificationChannel: doorbell,
		processEvery: 1_000,
		maxConcurrency: 2 * atOnce,
		defaultLockLifetime: lockMs,
	});
	agenda.on('error', (error: Error) => log.warn({ err: error }, 'the queue had a fault'));
	const leaving = new Set<Promise<unknown>>();
	const tasks = db.collection<{ _id: string; status: string }>('tasks', { readConcern: { level: 'local' } });
	/** Whether some worker has heard of a task: whatever else was asked for with it is looked for as long as there is any. */
	const isTaken = async (_id: string): Promise<boolean> =>
		(await tasks.findOne({ _id, status: { $ne: 'queued' } }, { projection: { _id: 1 } })) !== null;
	let closing = false;

	const defineChore = ({ name: chore, work }: Chore): void =>
		agenda.define(
			chore,
			async (job: Job) => {
				// The lock is short, so that a dead worker's chores come free soon; whoever works renews it.
				const renew = setInterval(
					() =>
						void job.touch(0).catch((error: unknown) => log.warn({ err: error, chore }, 'the lock was not renewed')),
					choreLockMs / 3,
				);
				await work()
					.catch((error: unknown) => log.warn({ err: error, chore }, 'a chore failed'))
					.finally(() => clearInterval(renew));
			},
			{ concurrency: 1, lockLimit: 1, lockLifetime: choreLockMs },
		);
	/** Puts chores on the list once for all workers. What is there already is left alone: Agenda would take the lock of whoever is at it. */
	const scheduleChores = async (chores: readonly Chore[]): Promise<void> => {
		await jobs.createIndex({ name: 1 }, { name: 'chores', unique: true, partialFilterExpression: { type: 'single' } });
		for (const { name: chore, everyMs } of chores) {
			const interval = `${everyMs / 1000} seconds`;
			if ((await jobs.findOne({ name: chore, type: 'single', repeatInterval: interval })) !== null) continue;
			await agenda.every(interval, chore).catch((error: unknown) => {
				// Another worker that starts at this moment was first.
				if (!(error instanceof MongoServerError && error.code === 11000)) throw error;
			});
		}
	};
	/** Leaves to others what was taken ahead for the next moments, and what a look that was under way has taken behind that. */
	const giveBack = async (): Promise<void> => {
		const own = { name: sceneJobName, lastModifiedBy: name, lockedAt: { $ne: null } };
		for (let idle = 0; idle < 2; await wait(givenBackMs)) {
			const { modifiedCount } = await jobs.updateMany(own, { $set: { lockedAt: null } });
			idle = modifiedCount === 0 ? idle + 1 : 0;
		}
	};
	return {
		leave(job, at) {
			const { reason, taskId, ...about } = SceneJob.parse(job);
			const left = wait(closing ? 0 : behindMs)
				.then(async () => {
					if (!closing && reason === 'asked' && taskId !== null && (await isTaken(taskId))) return;
					const created = agenda.create(sceneJobName, { ...about, reason, taskId });
					await created.schedule(at ?? new Date()).save();
				})
				.catch((error: unknown) => log.warn({ err: error }, 'a scene job was not left behind'))
				.finally(() => leaving.delete(left));
			leaving.add(left);
		},
		async listen({ heard, chores }) {
			agenda.define(sceneJobName, async (job: Job) => heard(SceneJob.parse(job.attrs.data)), {
				concurrency: atOnce,
				lockLimit: atOnce,
				lockLifetime: lockMs,
				removeOnComplete: true,
			});
			chores.forEach(defineChore);
			// Bells of an earlier version, one for each task: nobody hears them any more.
			await jobs.deleteMany({ name: { $in: ['task.run.image', 'task.run.video', 'task.run.render'] } });
			await agenda.start();
			await scheduleChores(chores);
			return {
				async close() {
					await agenda.drain({ timeout: 10_000 });
					await giveBack().catch((error: unknown) => log.warn({ err: error }, 'jobs were not given back'));
				},
			};
		},
		async close() {
			closing = true;
			// An index that it makes when it begins.
			await Promise.race([agenda.ready, wait(startMs, undefined, { ref: false })]);
			await Promise.all(leaving);
		},
	};
}
