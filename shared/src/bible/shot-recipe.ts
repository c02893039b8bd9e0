import { readyStyle } from '../../defaults/styles/ready-styles.ts';
import type { ShotOnBoard } from '../project/document.ts';
import type { Project } from '../project/project.ts';
import type { CharacterLook } from '../provider/provider.ts';
import type { Asset } from './asset.ts';
import type { Caster } from './casting.ts';
import { basisOf, wishOf, type TakeRecipe } from './currency.ts';
import { foldRecipe, styleNameOf, type Recipe, type RecipeWish, type ShotOfRecipe } from './recipe.ts';

/** What the recipes of a project's shots are folded from, beside the shots. */
export type RecipeGround = {
	bible: readonly Asset[];
	/** The same bible's caster, where many shots are folded. */
	caster?: Caster;
	looks: readonly CharacterLook[];
	project: Pick<Project, 'aspectRatio' | 'style'>;
};

/** The fields of a shot on the board that its recipe is made of. */
function fieldsOf(shot: ShotOnBoard): ShotOfRecipe {
	const { id: _id, sceneId: _scene, order: _order, selectedTakeId: _take, label: _label, ...rest } = shot;
	const { start: _start, end: _end, omitted: _omitted, omittedBy: _by, omittedWho: _who, ...fields } = rest;
	return fields;
}

/** How many pictures of the bible a model takes, and whether for their look alone. */
export type TakesPictures = { references?: number | undefined; guided?: boolean | undefined };

/** What would be sent for a picture or clip of a shot as it is now, to a model that takes so many pictures. */
export const recipeOfShot = (
	shot: ShotOnBoard,
	{ bible, caster, looks, project }: RecipeGround,
	wish: RecipeWish = {},
	{ references = 0, guided = false }: TakesPictures = {},
): Recipe =>
	foldRecipe({
		shot: fieldsOf(shot),
		bible,
		...(caster === undefined ? {} : { caster }),
		looks,
		style: readyStyle(styleNameOf(shot, project, wish)),
		project,
		wish,
		references,
		guided,
	});

/** What a take's shot would be made with now, asked for as the take was; `isStale` compares the two. */
export function recipeNow(
	{ provider, recipe: { asked } }: { provider: string; recipe: TakeRecipe },
	shot: ShotOnBoard,
	ground: RecipeGround & { project: Pick<Project, 'fps'> },
): { recipe: Recipe; basis: string } {
	const recipe = recipeOfShot(shot, ground, wishOf(asked), asked);
	return { recipe, basis: basisOf(provider, asked, recipe, ground.project) };
}
