import type * as Y from 'yjs';
import { readyStyle } from '@reelroom/shared/defaults/styles/ready-styles.ts';
import { castingOf, createCaster, type Caster } from '@reelroom/shared/bible/casting.ts';
import { foldRecipe, styleNameOf, type Recipe, type RecipeWish } from '@reelroom/shared/bible/recipe.ts';
import { bibleTypeOf, readBible, type Bible } from '@reelroom/shared/project/bible.ts';
import { scriptOf, type Board, type ShotOnBoard } from '@reelroom/shared/project/document.ts';
import type { Project } from '@reelroom/shared/project/project.ts';
import type { CharacterLook } from '@reelroom/shared/provider/provider.ts';
import { charactersOf } from '@reelroom/shared/script/break-down.ts';

type Surroundings = {
	doc: Y.Doc;
	/** The board as it stands; it is read anew whenever script or board changed. */
	board: () => Board;
	project: () => Pick<Project, 'aspectRatio' | 'style'>;
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
	recipeOf(shot: ShotOnBoard, wish: RecipeWish = {}, references = 0): Recipe {
		const { id: _id, sceneId: _scene, order: _order, selectedTakeId: _take, label: _label, ...rest } = shot;
		const { start: _start, end: _end, omitted: _omitted, omittedBy: _by, omittedWho: _who, ...words } = rest;
		const project = this.#about.project();
		return foldRecipe({
			shot: words,
			bible: this.bible.assets,
			caster: this.caster,
			looks: this.looks,
			style: readyStyle(styleNameOf(shot, project, wish)),
			project,
			wish,
			references,
		});
	}
	destroy(): void {
		this.#close();
	}
}
