import type { ReviewRecord, ReviewStore } from '@reelroom/shared/node/stores/review-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Review, ReviewStatus } from '@reelroom/shared/review/review.ts';
import type { Actor } from '../http/on.ts';

export type ReviewDeps = {
	store: ReviewStore;
	isProject: (projectId: string) => Promise<boolean>;
	hasShot: (projectId: string, shotId: string) => Promise<boolean>;
	namesOf: (ids: readonly string[]) => Promise<Map<string, string>>;
	now: () => Date;
};
export type Reviews = ReturnType<typeof createReviews>;

/** How far shots have come, said by those who may; the last word counts, and each is one write, so no word is half of two. */
export function createReviews({ store, isProject, hasShot, namesOf, now }: ReviewDeps) {
	async function views(records: readonly Omit<ReviewRecord, '_id'>[]): Promise<Review[]> {
		const names = await namesOf([...new Set(records.map(({ by }) => by))]);
		return records.map(({ shotId, status, by, at }) => ({
			shotId,
			status,
			by: { id: by, name: names.get(by) ?? '' },
			at: at.toISOString(),
		}));
	}
	return {
		async list(actor: Actor, projectId: string): Promise<Review[]> {
			await actor.must('review.read', projectId);
			return views(await store.list(projectId));
		},
		async set(actor: Actor, projectId: string, shotId: string, status: ReviewStatus): Promise<Review> {
			await actor.must('review.set', projectId);
			if (!(await hasShot(projectId, shotId))) throw new Problem('not-found', 'This project has no such shot');
			const said = { projectId, shotId, status, by: actor.signedIn().id, at: now() };
			await store.set(said);
			// Deleting a project makes it unreachable first and clears it after: one of the two sees the other.
			if (!(await isProject(projectId))) {
				await store.removeOfProject(projectId);
				throw new Problem('not-found');
			}
			const [review] = await views([said]);
			if (review === undefined) throw new Problem('internal');
			return review;
		},
	};
}
