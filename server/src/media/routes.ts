import { isConfirmed, takeCareApi } from '@reelroom/shared/board/take-care-api.ts';
import { takeApi } from '@reelroom/shared/task/api.ts';
import { on, type Route } from '../http/on.ts';
import { stillAnswered } from '../http/still-answered.ts';
import type { TakeVotesUse } from './take-votes.ts';
import { receiveUpload } from './receive-upload.ts';
import type { Takes } from './takes.ts';
import type { UploadTake } from './upload-take.ts';

/** Takes and their pictures over HTTP. A take never changes, so its pictures may be kept for ever. */
export const mediaRoutes = ({
	takes,
	votes,
	uploadTake,
}: {
	takes: Takes;
	votes: TakeVotesUse;
	uploadTake: UploadTake;
}): Route[] => [
	on(takeApi.list, ({ params }, actor) => takes.list(actor, params.id)),
	on(takeApi.file, async ({ params }, actor) => ({
		...(await takes.file(actor, params.id)),
		cache: 'immutable' as const,
		// A clip is sent for as long as it is watched: whoever may no longer see it is cut off.
		stillAllowed: stillAnswered(() => takes.file(actor, params.id)),
	})),
	on(takeApi.thumbnail, async ({ params }, actor) => ({
		...(await takes.thumbnail(actor, params.id)),
		cache: 'immutable' as const,
	})),
	on(takeCareApi.lineage, ({ params }, actor) => takes.lineage(actor, params.id)),
	on(takeCareApi.upload, ({ params, query }, actor, http) => {
		const at = { projectId: params.id, shotId: params.shotId, mayChangeApproved: isConfirmed(query) };
		return uploadTake(actor, at, receiveUpload(http));
	}),
	on(takeCareApi.discard, ({ params, query }, actor) => takes.discard(actor, params.id, isConfirmed(query))),
	on(takeCareApi.restore, ({ params, query }, actor) => takes.restore(actor, params.id, isConfirmed(query))),
	on(takeCareApi.discarded, ({ params }, actor) => takes.discarded(actor, params.id)),
	on(takeCareApi.vote, ({ params, body }, actor) => votes.vote(actor, params.id, body.vote)),
	on(takeCareApi.votes, ({ params }, actor) => votes.list(actor, params.id)),
];
