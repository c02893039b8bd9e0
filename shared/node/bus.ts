import { EventEmitter } from 'node:events';
import type { ChangeStream, ChangeStreamDocument, Db, ResumeToken } from 'mongodb';
import type { Log } from './log.ts';
import { quietMs } from './quiet.ts';
import type { ActivityRecord } from './stores/activity-store.ts';
import type { AskRecord } from './stores/ask-store.ts';
import type { FilmRecord } from './stores/film-store.ts';
import type { NoteRecord } from './stores/note-store.ts';
import type { NotificationRecord } from './stores/notification-store.ts';
import type { HintRecord } from './stores/hint-store.ts';
import type { BeatRecord, PresenceRecord } from './stores/presence-store.ts';
import type { PreviewRecord } from './stores/preview-store.ts';
import type { ReviewRecord } from './stores/review-store.ts';
import type { TakeRecord } from './stores/take-store.ts';
import type { TaskRecord } from './stores/task-store.ts';

/** What changed, by collection. */
export type BusTopics = {
	tasks: TaskRecord;
	takes: TakeRecord;
	films: FilmRecord;
	previews: PreviewRecord;
	notes: NoteRecord;
	reviews: ReviewRecord;
	notifications: NotificationRecord;
	activities: ActivityRecord;
	presences: PresenceRecord;
	beats: BeatRecord;
	hints: HintRecord;
	asks: AskRecord;
};
export type Bus = {
	on<Topic extends keyof BusTopics>(topic: Topic, listener: (record: BusTopics[Topic]) => void): () => void;
	close(): Promise<void>;
};

/**
 * The one change-stream tail of a process, as typed topics. It goes on where it was after a lost connection; what is told is a hint that may come
 * twice or, after a long outage, never.
 */
export async function createBus({
	db,
	log,
	topics,
}: {
	db: Db;
	log: Log;
	topics: readonly (keyof BusTopics)[];
}): Promise<Bus> {
	const emitter = new EventEmitter().setMaxListeners(0);
	let stream: ChangeStream | undefined;
	let token: ResumeToken;
	let closed = false;
	let retry: NodeJS.Timeout | undefined;

	const hear = (change: ChangeStreamDocument) => {
		token = change._id;
		if (
			!('fullDocument' in change) ||
			!('ns' in change) ||
			change.fullDocument === undefined ||
			change.fullDocument === null
		)
			return;
		emitter.emit((change.ns as { coll: string }).coll, change.fullDocument);
	};
	const lost = (error: unknown) => {
		if (closed) return;
		log.warn({ err: error }, 'the change stream was lost');
		// A token that has left the oplog would fail for ever.
		if ((error as { code?: number }).code === 286) token = undefined;
		void stream?.close().catch(() => {});
		retry = setTimeout(() => void open(), 500);
	};
	const follow = async (opened: ChangeStream) => {
		try {
			for await (const change of opened) hear(change);
		} catch (error) {
			lost(error);
		}
	};
	const pipeline = [
		{ $match: { 'ns.coll': { $in: [...topics] }, operationType: { $in: ['insert', 'update', 'replace'] } } },
	];
	/** A token for this moment. `watch` is lazy and its first look would wait a second, so a short-lived one looks; nothing after it is missed. */
	const present = async (): Promise<ResumeToken> => {
		const look = db.watch(pipeline, { fullDocument: 'updateLookup', maxAwaitTimeMS: 1 });
		stream = look;
		try {
			const first = await look.tryNext();
			if (first !== null) hear(first);
			return first === null ? look.resumeToken : first._id;
		} finally {
			await look.close();
		}
	};
	const open = async () => {
		if (closed) return;
		try {
			token ??= await present();
			const opened = db.watch(pipeline, {
				fullDocument: 'updateLookup',
				maxAwaitTimeMS: quietMs,
				...(token === undefined ? {} : { resumeAfter: token }),
			});
			stream = opened;
			void follow(opened);
		} catch (error) {
			lost(error);
		}
	};
	await open();
	return {
		on(topic, listener) {
			emitter.on(topic, listener);
			return () => void emitter.off(topic, listener);
		},
		async close() {
			closed = true;
			clearTimeout(retry);
			await stream?.close();
		},
	};
}
