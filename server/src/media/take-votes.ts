import type { TakeVotes } from '@reelroom/shared/board/take-care-api.ts';
import type { TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import type { TakeVoteStore } from '@reelroom/shared/node/stores/take-vote-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Actor } from '../http/on.ts';

type TakeVotesDeps = { store: TakeVoteStore; takes: Pick<TakeStore, 'find'>; now: () => Date };

/** Who speaks for which take: each person once, the last word counts. It chooses nothing; choosing is for whoever edits the board. */
export function createTakeVotes({ store, takes, now }: TakeVotesDeps) {
	return {
		async vote(actor: Actor, takeId: string, vote: boolean): Promise<TakeVotes> {
			const take = await takes.find(takeId);
			if (take === null) throw new Problem('not-found');
			await actor.must('take.vote', take.projectId);
			const { id } = actor.signedIn();
			await store.set({ projectId: take.projectId, takeId, accountId: id, withdrawn: !vote, at: now() });
			return { takeId, by: (await store.ofTake(takeId)).map(({ accountId }) => accountId) };
		},
		async list(actor: Actor, projectId: string): Promise<TakeVotes[]> {
			await actor.must('take.read', projectId);
			const byTake = Map.groupBy(await store.list(projectId), ({ takeId }) => takeId);
			return [...byTake].map(([takeId, votes]) => ({ takeId, by: votes.map(({ accountId }) => accountId) }));
		},
	};
}
export type TakeVotesUse = ReturnType<typeof createTakeVotes>;
