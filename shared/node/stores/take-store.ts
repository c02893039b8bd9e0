import { createHash } from 'node:crypto';
import { MongoServerError } from 'mongodb';
import type { Db, Filter } from 'mongodb';
import type { TakeOrigin } from '../../src/board/lineage.ts';
import type { Take } from '../../src/board/take.ts';
import type { GenerationRequest } from '../../src/provider/provider.ts';
import { quickly } from '../on-disk.ts';

export type TakeRecord = Omit<Take, 'id' | 'createdAt'> & {
	_id: string;
	thumbnailSha256: string;
	createdAt: Date;
	/** When it was discarded: it can be brought back for a while, and is kept after that for its number and its task alone. */
	discardedAt?: Date;
	/** Exactly what the provider was asked, and where that came from. Read for one take at a time: a list has neither. */
	request?: GenerationRequest | undefined;
	origin?: TakeOrigin | undefined;
};
const kept = { discardedAt: { $exists: false } } as const;
const small = { projection: { request: 0, origin: 0 } } as const;

type About = Pick<TakeRecord, 'projectId' | 'shotId' | 'taskId' | 'provider' | 'style' | 'createdBy' | 'createdAt'> &
	Pick<TakeRecord, 'request' | 'recipe' | 'origin'>;
/** A take of another one's bytes, for another shot: it is not made anew. Its id follows from both, so that a shot has it once, however many ask at once. */
export function copyOf(source: TakeRecord, about: About): Omit<TakeRecord, 'number'> {
	const { _id, kind, sha256, thumbnailSha256, mediaType, widthPx, heightPx, sizeBytes, seed, fingerprint } = source;
	const from = `${about.projectId}\n${about.shotId}\n${_id}`;
	return {
		...about,
		_id: createHash('sha256').update(from).digest('hex').slice(0, 24),
		...{ kind, sha256, thumbnailSha256, mediaType, widthPx, heightPx, sizeBytes, seed, fingerprint },
		cached: true,
	};
}

/** The record as clients see it. */
export const toTake = ({
	_id,
	thumbnailSha256: _thumbnail,
	discardedAt: _at,
	request: _request,
	origin: _origin,
	createdAt,
	...take
}: TakeRecord): Take => ({
	...take,
	id: _id,
	createdAt: createdAt.toISOString(),
});
export type TakeStore = ReturnType<typeof createTakeStore>;

/** Questions asked of the `takes` collection. A task has one take at most, and a number is given once per shot, even after a crash between the two steps. */
export function createTakeStore(db: Db) {
	const takes = db.collection<TakeRecord>('takes');
	const counters = db.collection<{ _id: string; next: number }>('takeNumbers');
	/** Inserts it with the shot's next number, unless its twin is there. */
	const numbered = async (take: Omit<TakeRecord, 'number'>, twinBy: Filter<TakeRecord>): Promise<TakeRecord> => {
		for (let tries = 1; ; tries++) {
			const counted = await counters.findOneAndUpdate(
				{ _id: `${take.projectId}/${take.shotId}` },
				{ $inc: { next: 1 } },
				// On disk with the take that is written next; should a crash take back the count alone, the next number is taken already, and one more is counted.
				{ upsert: true, returnDocument: 'after', ...quickly },
			);
			const record = { ...take, number: counted?.next ?? 1 };
			try {
				await takes.insertOne(record);
				return record;
			} catch (error) {
				const twin = await takes.findOne(twinBy);
				if (twin !== null) return twin;
				if (tries === 3 || !(error instanceof MongoServerError && error.code === 11000)) throw error;
			}
		}
	};
	return {
		ready: async () => {
			await takes.createIndexes([
				{ key: { taskId: 1 }, unique: true },
				{ key: { projectId: 1, shotId: 1, number: 1 }, unique: true },
				{ key: { projectId: 1, createdAt: 1 } },
				{ key: { sha256: 1 } },
				{ key: { thumbnailSha256: 1 } },
				{ key: { fingerprint: 1 } },
			]);
		},
		/** Stores the take of a task with the shot's next number; the one that is there already, when an earlier attempt got so far. */
		async add(take: Omit<TakeRecord, 'number'>): Promise<TakeRecord> {
			const { taskId } = take;
			const there = await takes.findOne({ taskId });
			if (there?.discardedAt === undefined) return there ?? numbered(take, { taskId });
			// Its task was cancelled after an attempt that got so far, and begun anew.
			const back = { $unset: { discardedAt: '' } } as const;
			return (await takes.findOneAndUpdate({ taskId }, back, { returnDocument: 'after' })) ?? there;
		},
		/** Takes away what earlier attempts at a task that was cancelled have stored. */
		discardOfTask: async (taskId: string, at: Date): Promise<void> =>
			void (await takes.updateOne({ taskId, ...kept }, { $set: { discardedAt: at } })),
		/** Stores a copy, see `copyOf`; the one that is there already, brought back if it was discarded. */
		async addCopy(take: Omit<TakeRecord, 'number'>): Promise<TakeRecord> {
			const { _id } = take;
			const there = await takes.findOne({ _id });
			if (there?.discardedAt === undefined) return there ?? numbered(take, { _id });
			const back = await takes.findOneAndUpdate({ _id }, { $unset: { discardedAt: '' } }, { returnDocument: 'after' });
			return back ?? numbered(take, { _id });
		},
		find: (id: string) => takes.findOne({ _id: id, ...kept }),
		ofTask: (taskId: string) => takes.findOne({ taskId, ...kept }),
		/** Deletes a take for everybody; false when it was deleted before. */
		discard: async (id: string, at: Date): Promise<boolean> =>
			(await takes.updateOne({ _id: id, ...kept }, { $set: { discardedAt: at } })).matchedCount === 1,
		list: (projectId: string) =>
			takes
				.find({ projectId, ...kept }, small)
				.sort({ createdAt: 1, _id: 1 })
				.toArray(),
		/** Takes with any of these fingerprints in any of these projects, the oldest first; what was discarded, or only made to compare it, is none. */
		withFingerprints: (fingerprints: readonly string[], projectIds: readonly string[]) =>
			takes
				.find(
					{
						fingerprint: { $in: [...fingerprints] },
						projectId: { $in: [...projectIds] },
						reproduces: { $exists: false },
						...kept,
					},
					small,
				)
				.sort({ createdAt: 1, _id: 1 })
				.limit(1000)
				.toArray(),
		/** The small picture of these bytes, where a take has one. */
		thumbnailOf: async (sha256: string): Promise<string | null> =>
			(await takes.findOne({ sha256, ...kept }, { projection: { thumbnailSha256: 1 } }))?.thumbnailSha256 ?? null,
		/** Takes with all that is known of how they came about. */
		withOrigins: (ids: readonly string[]) => takes.find({ _id: { $in: [...ids] }, ...kept }).toArray(),
		/** Those of a project that were discarded since then, the latest first. */
		discarded: (projectId: string, since: Date) =>
			takes
				.find({ projectId, discardedAt: { $gte: since } }, small)
				.sort({ discardedAt: -1, _id: -1 })
				.limit(500)
				.toArray(),
		/** One that was discarded since then. */
		findDiscarded: (id: string, since: Date) => takes.findOne({ _id: id, discardedAt: { $gte: since } }),
		/** Brings one back that was discarded since then; null for any other. */
		restore: (id: string, since: Date) =>
			takes.findOneAndUpdate(
				{ _id: id, discardedAt: { $gte: since } },
				{ $unset: { discardedAt: '' } },
				{ returnDocument: 'after' },
			),
		/** The newest take of each project that has one. */
		covers: async (projectIds: readonly string[]): Promise<Map<string, string>> => {
			const rows = await takes
				.aggregate<{ _id: string; takeId: string }>([
					{ $match: { projectId: { $in: [...projectIds] }, ...kept } },
					{ $sort: { createdAt: -1, _id: -1 } },
					{ $group: { _id: '$projectId', takeId: { $first: '$_id' } } },
				])
				.toArray();
			return new Map(rows.map(({ _id, takeId }) => [_id, takeId]));
		},
		/** Those of these files that a take refers to, or one that was discarded since then and may come back. */
		filesInUse: async (sha256s: readonly string[], discardedSince: Date): Promise<string[]> => {
			const names = { $in: [...sha256s] };
			const alive = [{ discardedAt: { $exists: false } }, { discardedAt: { $gte: discardedSince } }];
			const rows = await takes
				.find({ $and: [{ $or: [{ sha256: names }, { thumbnailSha256: names }] }, { $or: alive }] })
				.project<Pick<TakeRecord, 'sha256' | 'thumbnailSha256'>>({ sha256: 1, thumbnailSha256: 1 })
				.toArray();
			return rows.flatMap(({ sha256, thumbnailSha256 }) => [sha256, thumbnailSha256]);
		},
		removeOfTask: async (taskId: string) => void (await takes.deleteOne({ taskId })),
		removeOfProject: async (projectId: string) => void (await takes.deleteMany({ projectId })),
	};
}
