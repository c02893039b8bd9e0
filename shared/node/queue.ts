import { randomUUID } from 'node:crypto';
import { Agenda, type Job } from 'agenda';
import { MongoBackend, MongoChangeStreamNotificationChannel } from '@agendajs/mongo-backend';
import type { Db } from 'mongodb';
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
	/** Leaves a job behind that tasks wait, at once or from an instant on. Nobody waits for it, and it never fails: without it the tasks are found a little later. */
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
const choreLockMs = 2 * 60_000;

/**
 * Agenda, set up once: scene jobs, times and chores of an install. It decides nothing: the documents of the tasks do. A scene job lies in the database until some
 * worker has looked, so that neither a lost bell nor a restart of everything keeps tasks waiting; then it is gone.
 */
export function createQueue({ db, log }: { db: Db; log: Log }): Queue {
	// What a job says stands in the tasks, too: nobody waits for the disk because of it.
	const light = db.client.db(db.databaseName, { writeConcern: { w: 1, journal: false } });
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
	return {
		leave(job, at = new Date()) {
			const left = agenda
				.create(sceneJobName, SceneJob.parse(job))
				.schedule(at)
				.save()
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
			await agenda.start();
			for (const { name: chore, everyMs } of chores) await agenda.every(`${everyMs / 1000} seconds`, chore);
			return {
				async close() {
					await agenda.drain({ timeout: 10_000 });
					// What it had taken ahead for the next moments is for others.
					await light
						.collection(collection)
						.updateMany(
							{ name: sceneJobName, lastModifiedBy: name, lockedAt: { $ne: null } },
							{ $set: { lockedAt: null } },
						)
						.catch((error: unknown) => log.warn({ err: error }, 'jobs were not given back'));
				},
			};
		},
		close: async () => void (await Promise.all(leaving)),
	};
}
