import * as z from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';
import { RecipeChange } from '../bible/changes.ts';
import { Refused, Task } from '../task/task.ts';
import { Lineage } from './lineage.ts';
import { Take } from './take.ts';

const ById = z.strictObject({ id: Id });
/** In the address of what may give an approved shot another picture: that it may. Without it the answer is `shot-approved`. */
export const ConfirmApproved = z.strictObject({ confirmApproved: z.enum(['true', 'false']).optional() });
export const isConfirmed = ({ confirmApproved }: z.infer<typeof ConfirmApproved>): boolean =>
	confirmApproved === 'true';
const days = limits.discardedTakeMs / 86_400_000;

/** A take with who speaks for it. */
export const TakeVotes = z.strictObject({ takeId: Id, by: z.array(Id) });
export type TakeVotes = z.infer<typeof TakeVotes>;

/** A take in use that is not what its shot would be made into now. */
export const StaleTake = z.strictObject({
	takeId: Id,
	shotId: Id,
	label: z.string(),
	kind: Take.shape.kind,
	provider: z.string(),
	/** `source`: it was made of a picture that is stale, and can be made anew once that is. */
	why: z.enum(['own', 'source']),
	changes: z.array(RecipeChange),
	approved: z.boolean(),
	/** Something of its shot is being made. */
	busy: z.boolean(),
	/** Units of the plan. */
	price: z.int(),
});
export type StaleTake = z.infer<typeof StaleTake>;

/** What is done with takes once they are there. */
export const takeCareApi = {
	lineage: endpoint({
		method: 'get',
		path: '/takes/:id/recipe',
		summary: 'How a take came about: from the words of the script to exactly what the provider was asked.',
		allow: 'take.read',
		params: ById,
		reply: Lineage,
	}),
	reproduce: endpoint({
		method: 'post',
		path: '/takes/:id/reproduce',
		summary:
			'Runs the recipe of a take once more, past the cache. The new take tells whether its bytes are equal, it looks the same, or it has drifted.',
		allow: 'task.create',
		idempotent: true,
		status: 202,
		params: ById,
		reply: Task,
	}),
	upload: endpoint({
		method: 'post',
		path: '/projects/:id/shots/:shotId/takes',
		summary: `Adds a picture or a clip of your own to a shot as a take: the bytes of a PNG, JPEG or WebP file of up to ${limits.pictureBytes / 1024 / 1024} MB and ${limits.picturePixels / 1e6} megapixels, or of an MP4, MOV, WebM or GIF file of up to ${limits.ownClipBytes / 1024 / 1024} MB, half an hour and 4K. It is read and written anew; a clip in H.264, VP9 or AV1 keeps its picture as it is.`,
		allow: 'take.create',
		status: 201,
		params: z.strictObject({ id: Id, shotId: Id }),
		query: ConfirmApproved,
		bytesLimit: limits.ownClipBytes,
		streamed: true,
		reply: Take,
	}),
	stale: endpoint({
		method: 'get',
		path: '/projects/:id/takes/stale',
		summary:
			'Takes in use that script, bible, style or project have left behind: of each what has changed since, and what it costs to make it anew.',
		allow: 'take.read',
		params: ById,
		reply: z.array(StaleTake),
	}),
	regenerate: endpoint({
		method: 'post',
		path: '/projects/:id/regenerate',
		summary:
			'Makes those of the named takes anew that are stale, each in the way it was made and by what its shot says now. What is not stale any more, or is made of something that is, is left alone.',
		allow: 'task.create',
		idempotent: true,
		status: 202,
		params: ById,
		body: z.strictObject({
			takeIds: z.array(Id).min(1).max(limits.shotsPerRequest),
			/** Needed where one of their shots is approved. */
			confirmApproved: z.boolean().optional(),
		}),
		reply: z.strictObject({ tasks: z.array(Task), refused: Refused.optional() }),
	}),
	discard: endpoint({
		method: 'delete',
		path: '/takes/:id',
		summary: `Discards a take; for ${days} days it can be brought back. Its number is never used again. \`confirmApproved=true\` where an approved shot shows it.`,
		allow: 'take.delete',
		params: ById,
		query: ConfirmApproved,
		status: 204,
	}),
	restore: endpoint({
		method: 'post',
		path: '/takes/:id/restore',
		summary: 'Brings a discarded take back; `confirmApproved=true` where an approved shot shows it then.',
		allow: 'take.delete',
		params: ById,
		query: ConfirmApproved,
		reply: Take,
	}),
	discarded: endpoint({
		method: 'get',
		path: '/projects/:id/takes/discarded',
		summary: 'Takes that were discarded and can be brought back, the latest first.',
		allow: 'take.delete',
		params: ById,
		reply: z.array(z.strictObject({ take: Take, discardedAt: z.string() })),
	}),
	vote: endpoint({
		method: 'put',
		path: '/takes/:id/vote',
		summary: 'Speaks for a take, or no longer.',
		allow: 'take.vote',
		params: ById,
		body: z.strictObject({ vote: z.boolean() }),
		reply: TakeVotes,
	}),
	votes: endpoint({
		method: 'get',
		path: '/projects/:id/votes',
		summary: 'Who speaks for which takes of a project.',
		allow: 'take.read',
		params: ById,
		reply: z.array(TakeVotes),
	}),
};
