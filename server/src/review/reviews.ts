import { createHash } from 'node:crypto';
import type { ReviewRecord, ReviewStore } from '@reelroom/shared/node/stores/review-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Review, ReviewStatus } from '@reelroom/shared/review/review.ts';
import type { Actor } from '../http/on.ts';

export type ReviewDeps = {
	store: ReviewStore;
	isProject: (projectId: string) => Promise<boolean>;
	/** What would be approved of each of these shots, as it stands now; a shot that there is not has none. */
	contents: (projectId: string, shotIds: readonly string[]) => Promise<Map<string, string>>;
	namesOf: (ids: readonly string[]) => Promise<Map<string, string>>;
	now: () => Date;
};
export type Reviews = ReturnType<typeof createReviews>;

/** The digest of what is approved: two that are alike are the same content. */
export const digestOf = (content: string): string => createHash('sha256').update(content).digest('base64url');

/**
 * How far shots have come, said by those who may; the last word counts, and each is one write, so no word is half of two. An approval keeps the digest
 * of what was approved: whether that has changed is read from the document at every question, so no change can be missed, whoever made it and how.
 */
export function createReviews({ store, isProject, contents, namesOf, now }: ReviewDeps) {
	async function views(projectId: string, records: readonly Omit<ReviewRecord, '_id'>[]): Promise<Review[]> {
		const approvals = records.flatMap(({ status, shotId }) => (status === 'approved' ? [shotId] : []));
		const [names, present] = await Promise.all([
			namesOf([
				...new Set(records.flatMap(({ by, changedBy }) => [by, ...(changedBy === undefined ? [] : [changedBy])])),
			]),
			approvals.length === 0 ? new Map<string, string>() : contents(projectId, approvals),
		]);
		const nameOf = (id: string) => ({ id, name: names.get(id) ?? '' });
		const changeOf = ({ status, shotId, approved, changedBy, changedAt }: Omit<ReviewRecord, '_id'>) => {
			const content = present.get(shotId);
			if (status !== 'approved' || approved === undefined || content === undefined) return {};
			if (digestOf(content) === approved) return {};
			const by = changedBy === undefined ? null : nameOf(changedBy);
			return { changed: { by, at: changedAt?.toISOString() ?? null } };
		};
		return records.map((record) => ({
			shotId: record.shotId,
			status: record.status,
			by: nameOf(record.by),
			at: record.at.toISOString(),
			...changeOf(record),
		}));
	}
	return {
		async list(actor: Actor, projectId: string): Promise<Review[]> {
			await actor.must('review.read', projectId);
			return views(projectId, await store.list(projectId));
		},
		async set(actor: Actor, projectId: string, shotId: string, status: ReviewStatus): Promise<Review> {
			await actor.must('review.set', projectId);
			const content = (await contents(projectId, [shotId])).get(shotId);
			if (content === undefined) throw new Problem('not-found', 'This project has no such shot');
			const approved = status === 'approved' ? { approved: digestOf(content) } : {};
			const said = { projectId, shotId, status, by: actor.signedIn().id, at: now(), ...approved };
			await store.set(said);
			// Deleting a project makes it unreachable first and clears it after: one of the two sees the other.
			if (!(await isProject(projectId))) {
				await store.removeOfProject(projectId);
				throw new Problem('not-found');
			}
			const [review] = await views(projectId, [said]);
			if (review === undefined) throw new Problem('internal');
			return review;
		},
	};
}
