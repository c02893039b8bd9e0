import { isStale, staleTakes, type TakeRecipe } from '@reelroom/shared/bible/currency.ts';
import type { Take } from '@reelroom/shared/board/take.ts';
import type { ShotOnBoard } from '@reelroom/shared/project/document.ts';
import { whenIdle } from '#lib/ui/idle.ts';
import type { BibleState } from './bible-state.svelte.ts';

type Surroundings = { shots: () => readonly ShotOnBoard[]; takes: () => readonly Take[]; bible: BibleState };
/** Whoever goes on typing is not interrupted. */
const restMs = 200;
/** So long it works before it lets the window do something else. */
const sliceMs = 6;

/** Which takes are not what their shots would be made into now: read anew, in idle moments, whenever board, script, bible, project or takes change. */
export class CurrencyState {
	stale = $state.raw<ReadonlyMap<string, 'own' | 'source'>>(new Map());
	readonly #about: Surroundings;
	readonly #close: () => void;
	#round = 0;
	#callOff = (): void => undefined;

	constructor(about: Surroundings) {
		this.#about = about;
		this.#close = $effect.root(() => {
			$effect(() => {
				about.bible.follow();
				const [shots, takes] = [about.shots(), about.takes()];
				const timer = setTimeout(() => void this.#look(shots, takes), restMs);
				return () => clearTimeout(timer);
			});
		});
	}

	/** What is stale of these takes by now; a later look takes the place of one that is not finished. */
	async #look(shots: readonly ShotOnBoard[], takes: readonly Take[]): Promise<void> {
		const round = ++this.#round;
		const byId = new Map(shots.map((shot) => [shot.id, shot]));
		// Takes of a shot that were asked for alike are compared with one and the same recipe.
		const known = new Map<string, ReturnType<BibleState['recipeNow']>>();
		const own = new Set<string>();
		let until = 0;
		for (const take of takes) {
			if (performance.now() > until) {
				await this.#idle();
				if (round !== this.#round) return;
				until = performance.now() + sliceMs;
			}
			const { recipe } = take;
			const shot = byId.get(take.shotId);
			if (recipe === undefined || shot === undefined) continue;
			const now = this.#recipeNow(known, { provider: take.provider, recipe }, shot);
			if (isStale(take, now)) own.add(take.id);
		}
		this.stale = staleTakes(takes, ({ id }) => own.has(id));
	}
	#recipeNow(
		known: Map<string, ReturnType<BibleState['recipeNow']>>,
		take: { provider: string; recipe: TakeRecipe },
		shot: ShotOnBoard,
	): ReturnType<BibleState['recipeNow']> {
		const key = `${shot.id}/${take.provider}/${JSON.stringify(take.recipe.asked)}`;
		const before = known.get(key);
		if (before !== undefined) return before;
		const now = this.#about.bible.recipeNow(take, shot);
		known.set(key, now);
		return now;
	}
	#idle(): Promise<void> {
		return new Promise((resolve) => (this.#callOff = whenIdle(resolve)));
	}
	destroy(): void {
		this.#round++;
		this.#callOff();
		this.#close();
	}
}
