import type { Asked } from '@reelroom/shared/bible/currency.ts';
import type { Recipe } from '@reelroom/shared/bible/recipe.ts';
import type { TakesPictures } from '@reelroom/shared/bible/shot-recipe.ts';
import type { TakeOrigin } from '@reelroom/shared/board/lineage.ts';
import type { InputOf } from '@reelroom/shared/http/endpoint.ts';
import type { ShotOnBoard } from '@reelroom/shared/project/document.ts';
import type { taskApi } from '@reelroom/shared/task/api.ts';
import type { BoardSnapshot } from './task-requests.ts';

type Wish = Pick<
	InputOf<typeof taskApi.generate>['body'],
	'kind' | 'style' | 'negativePrompt' | 'width' | 'height' | 'seed' | 'durationFrames' | 'fps'
>;
/** As much of a script as is kept with a take. */
const quoteLength = 2000;

/** Of what was asked for, what does not follow shot, bible, style and project; and which pictures of the bible the model takes. */
export const askedOf = (
	{ kind, style, negativePrompt, width, height, seed, durationFrames, fps }: Wish,
	{ references = 0, guided = false }: TakesPictures,
): Asked => ({
	kind,
	...(style === undefined ? {} : { style }),
	...(negativePrompt === undefined ? {} : { negativePrompt }),
	...(width === undefined && height === undefined ? {} : { sized: true }),
	...(seed === undefined ? {} : { seeded: true }),
	...(durationFrames === undefined && fps === undefined ? {} : { timed: true }),
	...(references === 0 ? {} : { references, ...(guided ? { guided: true as const } : {}) }),
});

/** Where a take comes from: the words of the script, and what was sent. */
export function originOf(
	{ board, text }: Pick<BoardSnapshot, 'board' | 'text'>,
	{ sceneId, label, start, end }: Pick<ShotOnBoard, 'sceneId' | 'label' | 'start' | 'end'>,
	{ parts, negativeParts }: Pick<Recipe, 'parts' | 'negativeParts'>,
): TakeOrigin {
	const quote = start === null || end === null ? '' : text.slice(start, end).trim();
	return {
		heading: board.scenes.find(({ id }) => id === sceneId)?.heading ?? '',
		quote: quote.slice(0, quoteLength),
		label,
		parts,
		negativeParts,
	};
}
