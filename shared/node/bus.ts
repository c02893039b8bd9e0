import { EventEmitter } from 'node:events';
import type { Db } from 'mongodb';
import { followChanges } from './follow-changes.ts';
import type { Log } from './log.ts';
import type { ActivityRecord } from './stores/activity-store.ts';
import type { AskRecord } from './stores/ask-store.ts';
import type { FilmRecord } from './stores/film-store.ts';
import type { NoteRecord } from './stores/note-store.ts';
import type { NotificationRecord } from './stores/notification-store.ts';
import type { HintRecord } from './stores/hint-store.ts';
import type { PauseRecord } from './stores/pause-store.ts';
import type { BeatRecord, PresenceRecord } from './stores/presence-store.ts';
import type { PreviewRecord } from './stores/preview-store.ts';
import type { ReviewRecord } from './stores/review-store.ts';
import type { TakeVoteRecord } from './stores/take-vote-store.ts';
import type { TakeRecord } from './stores/take-store.ts';
import type { TaskRecord } from './stores/task-record.ts';

/** What changed, by collection. */
export type BusTopics = {
	tasks: TaskRecord;
	pauses: PauseRecord;
	takes: TakeRecord;
	takeVotes: TakeVoteRecord;
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
	const pipeline = [
		{ $match: { 'ns.coll': { $in: [...topics] }, operationType: { $in: ['insert', 'update', 'replace'] } } },
	];
	const tail = await followChanges({
		watch: (options) => db.watch(pipeline, { ...options, fullDocument: 'updateLookup' }),
		log,
		gathers: true,
		hear: (change) => {
			if (!('fullDocument' in change) || !('ns' in change) || (change.fullDocument ?? null) === null) return;
			emitter.emit((change.ns as { coll: string }).coll, change.fullDocument);
		},
	});
	return {
		on(topic, listener) {
			emitter.on(topic, listener);
			return () => void emitter.off(topic, listener);
		},
		close: () => tail.close(),
	};
}
