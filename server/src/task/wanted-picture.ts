import { readyStyle } from '@reelroom/shared/defaults/styles/ready-styles.ts';
import { basisOf } from '@reelroom/shared/bible/currency.ts';
import type { InputOf } from '@reelroom/shared/http/endpoint.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { ShotOnBoard } from '@reelroom/shared/project/document.ts';
import type { OfferedModel } from '@reelroom/shared/provider/offered-models.ts';
import { mediaOf, type GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import type { taskApi } from '@reelroom/shared/task/api.ts';
import { askedOf, originOf } from './origin.ts';
import { askedBeside, type Referenced } from './references.ts';
import type { Wanted } from './submit-once.ts';
import { pictureRequest, type BoardSnapshot, type ProjectFormat } from './task-requests.ts';

export type GenerateWish = InputOf<typeof taskApi.generate>['body'];
export type WantedFrom = {
	snapshot: BoardSnapshot;
	format: ProjectFormat;
	model: OfferedModel;
	wish: GenerateWish;
	/** How many pictures of the bible are sent along. */
	references: number;
	referenced: Referenced | null;
	/** The seed where nothing says one; without it, by chance. */
	seed?: number;
};

/** One picture or clip of a shot as it is asked for, with how it will have come about. `number` counts its variations. */
export function wantedPicture(
	shot: ShotOnBoard,
	{ snapshot, format, model, wish, references, referenced, seed }: WantedFrom,
	number: number,
): Wanted {
	const { provider, workflow, workflowVersion, model: name } = model;
	const pictures = { references, guided: model.guided };
	const { drawn, recipe } = pictureRequest(shot, snapshot, format, { ...wish, ...pictures }, number);
	if (references > 0 && model.needsReference === true && drawn.references === undefined)
		throw new Problem('reference-missing', `Nothing that is cast in ${shot.label} has a picture in the bible`);
	const by = {
		...(workflow === undefined ? {} : { workflow }),
		...(workflowVersion === undefined ? {} : { workflowVersion }),
		...(name === undefined ? {} : { model: name }),
	};
	const isByChance = recipe.seed.value === null;
	const request: GenerationRequest = {
		...drawn,
		...askedBeside(shot, format, wish, referenced, readyStyle(drawn.style).parameters.strength),
		...(drawn.references === undefined ? {} : { kind: drawn.kind, references: drawn.references }),
		...by,
		...(isByChance && seed !== undefined ? { seed } : {}),
	};
	const asked = askedOf(wish, pictures);
	const madeOf = referenced?.takeIds ?? [];
	return {
		work: {
			kind: mediaOf(wish.kind),
			request,
			recipe: {
				asked,
				...by,
				...(madeOf.length === 0 ? {} : { madeOf }),
				basis: basisOf(provider, asked, recipe, format),
			},
			origin: originOf(snapshot, shot, recipe),
		},
		shotId: shot.id,
		label: shot.label,
		provider,
		style: request.style,
		isRepeatable: !isByChance || seed !== undefined,
	};
}
