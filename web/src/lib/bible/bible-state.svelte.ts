import type * as Y from 'yjs';
import { castingOf, createCaster, type Caster } from '@reelroom/shared/bible/casting.ts';
import type { TakeRecipe } from '@reelroom/shared/bible/currency.ts';
import type { Recipe, RecipeWish } from '@reelroom/shared/bible/recipe.ts';
import { recipeNow, recipeOfShot, type TakesPictures } from '@reelroom/shared/bible/shot-recipe.ts';
import { bibleTypeOf, readBible, type Bible } from '@reelroom/shared/project/bible.ts';
import { scriptOf, type Board, type ShotOnBoard } from '@reelroom/shared/project/document.ts';
import type { Project } from '@reelroom/shared/project/project.ts';
import type { CharacterLook } from '@reelroom/shared/provider/provider.ts';
import { charactersOf } from '@reelroom/shared/script/break-down.ts';

type Surroundings = {
	doc: Y.Doc;
	/** The board as it stands; it is read anew whenever script or board changed. */
	board: () => Board;
	project: () => Pick<Project, 'aspectRatio' | 'style' | 'fps'>;
};

/** The bible of the open project, and what it makes of its shots. */
export class BibleState {
	readonly #about: Surroundings;
	readonly #close: () => void;
	#version = $state(0);

	constructor(about: Surroundings) {
		this.#about = about;
		const changed = (): void => void this.#version++;
		const type = bibleTypeOf(about.doc);
		type.observeDeep(changed);
		this.#close = () => type.unobserveDeep(changed);
	}
	readonly bible: Bible = $derived.by(() => {
		void this.#version;
		return readBible(this.#about.doc);
	});
	readonly caster: Caster = $derived.by(() => createCaster(this.bible.assets));
	/** How characters look by the script alone. */
	readonly looks: CharacterLook[] = $derived.by(() => {
		void this.#about.board();
		return charactersOf(scriptOf(this.#about.doc).toString());
	});
	readonly casting = $derived.by(() => castingOf(this.#about.board(), this.caster));
	/** What would be sent for a picture of a shot now. */
	recipeOf(shot: ShotOnBoard, wish: RecipeWish = {}, pictures: TakesPictures = {}): Recipe {
		return recipeOfShot(shot, this.#ground, wish, pictures);
	}
	/** What a take's shot would be made with now, asked for as the take was. */
	recipeNow(take: { provider: string; recipe: TakeRecipe }, shot: ShotOnBoard): ReturnType<typeof recipeNow> {
		return recipeNow(take, shot, this.#ground);
	}
	/** Reads what recipes follow, so that whoever is within an effect hears when it changes. */
	follow(): void {
		void this.bible;
		void this.#about.board();
		void this.#about.project();
	}
	get #ground() {
		const { caster, looks } = this;
		return { bible: this.bible.assets, caster, looks, project: this.#about.project() };
	}
	destroy(): void {
		this.#close();
	}
}
