import type { Db, Filter } from 'mongodb';
import type { UsageRow } from '../../src/plan/usage.ts';
import type { LedgerRecord } from './ledger-store.ts';
import type { TakeRecord } from './take-store.ts';

/** What a project that is deleted leaves behind: to whom its rows of the ledger belong, and what was made in it. */
export type PastProject = { _id: string; workspaceId: string; name: string; made: UsageRow[] };
/** Which rows are meant: of these projects, between two days of UTC, of one person where one is named. */
export type UsageQuestion = { projectIds: readonly string[]; from: string; to: string; accountId?: string | undefined };
export type UsageStore = ReturnType<typeof createUsageStore>;

const startOf = (day: string): Date => new Date(`${day}T00:00:00.000Z`);
const endOf = (day: string): Date => new Date(startOf(day).getTime() + 24 * 3_600_000);
type Place = { at: Date; id: string };

/** Questions about what was used, asked of takes and ledger, and the `pastProjects` collection: what deleted projects leave of both. */
export function createUsageStore(db: Db) {
	const takes = db.collection<TakeRecord>('takes');
	const ledger = db.collection<LedgerRecord>('ledger');
	const past = db.collection<PastProject>('pastProjects');
	const whereLedger = ({ projectIds, from, to, accountId }: UsageQuestion): Filter<LedgerRecord> => ({
		projectId: { $in: [...projectIds] },
		day: { $gte: from, $lte: to },
		...(accountId === undefined ? {} : { accountId }),
	});
	const key = { day: '$day', accountId: '$accountId', projectId: '$projectId', provider: '$provider' };
	const made = (where: Filter<TakeRecord>): Promise<UsageRow[]> =>
		takes
			.aggregate<UsageRow>([
				{ $match: { ...where, provider: { $ne: 'upload' } } },
				{
					$group: {
						_id: {
							day: { $dateToString: { date: '$createdAt', format: '%Y-%m-%d' } },
							accountId: '$createdBy',
							projectId: '$projectId',
							provider: '$provider',
						},
						pictures: { $sum: { $cond: [{ $eq: ['$kind', 'image'] }, 1, 0] } },
						clips: { $sum: { $cond: [{ $eq: ['$kind', 'video'] }, 1, 0] } },
						cached: { $sum: { $cond: [{ $eq: ['$cached', true] }, 1, 0] } },
					},
				},
				{ $replaceWith: { $mergeObjects: ['$_id', { pictures: '$pictures', clips: '$clips', cached: '$cached' }] } },
			])
			.toArray();
	return {
		ready: async () => {
			await Promise.all([
				past.createIndexes([{ key: { workspaceId: 1 } }]),
				ledger.createIndexes([{ key: { projectId: 1, at: -1 } }]),
			]);
		},
		/** What was made; a take that was discarded since was made all the same. */
		made: ({ projectIds, from, to, accountId }: UsageQuestion): Promise<UsageRow[]> =>
			made({
				projectId: { $in: [...projectIds] },
				createdAt: { $gte: startOf(from), $lt: endOf(to) },
				...(accountId === undefined ? {} : { createdBy: accountId }),
			}),
		/** What was charged and given back. */
		paid: (question: UsageQuestion): Promise<UsageRow[]> =>
			ledger
				.aggregate<UsageRow>([
					{ $match: whereLedger(question) },
					{
						$group: {
							_id: key,
							imageUnits: { $sum: { $cond: [{ $eq: ['$unit', 'image'] }, '$units', 0] } },
							videoUnits: { $sum: { $cond: [{ $eq: ['$unit', 'video'] }, '$units', 0] } },
							refunded: { $sum: { $cond: [{ $eq: ['$outcome', 'refunded'] }, 1, 0] } },
						},
					},
					{
						$replaceWith: {
							$mergeObjects: ['$_id', { imageUnits: '$imageUnits', videoUnits: '$videoUnits', refunded: '$refunded' }],
						},
					},
				])
				.toArray(),
		/** Rows of the ledger, newest first, behind a place in that order. */
		entries: (question: UsageQuestion, { limit, after }: { limit: number; after: Place | null }) =>
			ledger
				.find({
					$and: [
						whereLedger(question),
						...(after === null ? [] : [{ $or: [{ at: { $lt: after.at } }, { at: after.at, _id: { $lt: after.id } }] }]),
					],
				})
				.sort({ at: -1, _id: -1 })
				.limit(limit)
				.toArray(),
		/** Keeps what a project was, before it is deleted. Done again it is the same, with what has come since. */
		async keepPast(project: Omit<PastProject, 'made'>): Promise<void> {
			const { _id, ...about } = project;
			const rows = await made({ projectId: _id });
			await past.updateOne({ _id }, { $set: { ...about, made: rows } }, { upsert: true });
		},
		/** Deleted projects of a workspace; also one that is about to be and is still there. */
		past: (workspaceId: string): Promise<PastProject[]> => past.find({ workspaceId }).toArray(),
	};
}
