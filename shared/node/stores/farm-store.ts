import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { MongoServerError, type Binary, type Db } from 'mongodb';
import type { FarmNode, FarmReport } from '../../src/farm/farm.ts';
import { formatExactJson, parseExactJson } from '../../src/provider/exact-json.ts';
import { parseObjectInfo, type ObjectInfo } from '../../src/provider/object-info.ts';

/** How work is given to a server; kept when it is removed, so that workers which see the change know what to stop. */
export type FarmNodeRecord = Omit<FarmNode, 'id' | 'report'> & {
	_id: string;
	removedAt: Date | null;
	addedBy: string | null;
	addedAt: Date;
};
/** What a worker saw of a server; `classes` names the list of node classes it has. */
export type FarmReportRecord = Omit<FarmReport, 'at' | 'took' | 'classes'> & {
	_id: string;
	at: Date;
	workerId: string;
	classes: string | null;
	classCount: number;
	took?: Record<string, { ms: number; count: number }>;
};
type ClassesRecord = { _id: string; bytes: Uint8Array | Binary; at: Date };
type SettingRecord = { _id: 'classes'; added: string[]; revision: number };
export type FarmStore = ReturnType<typeof createFarmStore>;

const isDuplicate = (error: unknown): boolean => error instanceof MongoServerError && error.code === 11000;
/** The id of a server follows from its address: two of one address are one. */
export const farmNodeId = (url: string): string => createHash('sha256').update(url).digest('hex').slice(0, 24);
/** Whoever reported last goes on to; another worker takes over when nothing was told for this long. */
const staleMs = 15_000;
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The farm: servers with how work is given to them (durable, changed only by whoever names the revision they saw), what workers saw of them (hints, one
 * reporter at a time), and the lists of node classes, stored once for all servers that have the same.
 */
export function createFarmStore(db: Db) {
	const nodes = db.collection<FarmNodeRecord>('farmNodes');
	const settings = db.collection<SettingRecord>('farmSettings');
	const weak = { writeConcern: { w: 1, journal: false } } as const;
	const reports = db.collection<FarmReportRecord>('farmReports', weak);
	const classLists = db.collection<ClassesRecord>('farmClasses', weak);
	return {
		ready: async () => void (await classLists.createIndexes([{ key: { at: 1 }, expireAfterSeconds: 30 * 24 * 3600 }])),
		/** Makes the servers that a setting names known; what was set for them stays. */
		async register(urls: readonly string[], at: Date): Promise<void> {
			for (const url of urls)
				try {
					await nodes.updateOne(
						{ _id: farmNodeId(url) },
						{
							$set: { source: 'setting', removedAt: null },
							$setOnInsert: {
								url,
								enabled: true,
								draining: false,
								concurrency: 2,
								tags: [],
								revision: 1,
								addedBy: null,
								addedAt: at,
							},
						},
						{ upsert: true },
					);
				} catch (error) {
					// Another process registers the same at this moment.
					if (!isDuplicate(error)) throw error;
				}
		},
		/** Every server that was not removed, in the order of their addresses. */
		list: (): Promise<FarmNodeRecord[]> => nodes.find({ removedAt: null }).sort({ url: 1 }).toArray(),
		/** Adds a server, or brings a removed one back; null when it is there. */
		async add(record: FarmNodeRecord): Promise<FarmNodeRecord | null> {
			const { _id, revision: _first, ...rest } = record;
			try {
				return await nodes.findOneAndUpdate(
					{ _id, removedAt: { $ne: null } },
					{ $set: rest, $inc: { revision: 1 } },
					{ upsert: true, returnDocument: 'after' },
				);
			} catch (error) {
				if (isDuplicate(error)) return null;
				throw error;
			}
		},
		find: (id: string) => nodes.findOne({ _id: id, removedAt: null }),
		/** Changes a server that still has this revision; null when it has another or is gone. */
		edit: (
			id: string,
			revision: number,
			change: Partial<Pick<FarmNodeRecord, 'enabled' | 'draining' | 'concurrency' | 'tags'>>,
		): Promise<FarmNodeRecord | null> =>
			nodes.findOneAndUpdate(
				{ _id: id, revision, removedAt: null },
				{ $set: change, $inc: { revision: 1 } },
				{ returnDocument: 'after' },
			),
		/** Removes a server that was added on the page. */
		remove: async (id: string, at: Date): Promise<boolean> =>
			(
				await nodes.updateOne(
					{ _id: id, source: 'page', removedAt: null },
					{ $set: { removedAt: at }, $inc: { revision: 1 } },
				)
			).modifiedCount === 1,
		/** Keeps what a worker saw, unless another reports on this server. */
		async report({ _id, ...report }: Omit<FarmReportRecord, 'took'>): Promise<boolean> {
			const stale = new Date(report.at.getTime() - staleMs);
			try {
				const { modifiedCount, upsertedCount } = await reports.updateOne(
					{ _id, $or: [{ workerId: report.workerId }, { at: { $lt: stale } }] },
					{ $set: report },
					{ upsert: true },
				);
				return modifiedCount + upsertedCount > 0;
			} catch (error) {
				if (isDuplicate(error)) return false;
				throw error;
			}
		},
		reports: (): Promise<FarmReportRecord[]> => reports.find({}).toArray(),
		/** Keeps how long a workflow takes on a server. */
		took: async (id: string, workflow: string, about: { ms: number; count: number }): Promise<void> =>
			void (await reports.updateOne({ _id: id }, { $set: { [`took.${workflow}`]: about } })),
		/** Stores a list of node classes; answers the name by which reports tell of it. */
		async keepClasses(classes: ObjectInfo, at: Date): Promise<string> {
			const text = formatExactJson(classes);
			const _id = digestOf(text);
			const { matchedCount } = await classLists.updateOne({ _id }, { $set: { at } });
			if (matchedCount === 0)
				await classLists
					.replaceOne({ _id }, { bytes: gzipSync(text), at }, { upsert: true })
					.catch((error: unknown) => {
						if (!isDuplicate(error)) throw error;
					});
			return _id;
		},
		/** A list of node classes by its name; null when it is gone. */
		async classes(digest: string): Promise<ObjectInfo | null> {
			const found = await classLists.findOne({ _id: digest }, { promoteBuffers: true });
			if (found === null) return null;
			return parseObjectInfo(parseExactJson(gunzipSync(found.bytes as Uint8Array).toString()));
		},
		/** The node classes that were allowed on the page. */
		allowed: async (): Promise<Pick<SettingRecord, 'added' | 'revision'>> =>
			(await settings.findOne({ _id: 'classes' })) ?? { added: [], revision: 0 },
		/** Sets them where nobody else did since this revision. */
		async allow(added: readonly string[], revision: number): Promise<boolean> {
			const next = { added: [...added], revision: revision + 1 };
			try {
				if (revision === 0) {
					await settings.insertOne({ _id: 'classes', ...next });
					return true;
				}
				return (await settings.updateOne({ _id: 'classes', revision }, { $set: next })).modifiedCount === 1;
			} catch (error) {
				if (isDuplicate(error)) return false;
				throw error;
			}
		},
	};
}
