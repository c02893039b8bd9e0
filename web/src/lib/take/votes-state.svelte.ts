import { SvelteMap } from 'svelte/reactivity';
import { takeCareApi } from '@reelroom/shared/board/take-care-api.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { call } from '#lib/call.ts';
import { problemWords } from '#lib/i18n/words.svelte.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';

/** Who speaks for which takes of the open project. */
export class VotesState {
	readonly #by = new SvelteMap<string, readonly string[]>();
	readonly #projectId: string;
	readonly #me: string;

	constructor(projectId: string, me: string) {
		this.#projectId = projectId;
		this.#me = me;
	}
	/** The accounts that speak for a take. */
	of(takeId: string): readonly string[] {
		return this.#by.get(takeId) ?? [];
	}
	isMine(takeId: string): boolean {
		return this.of(takeId).includes(this.#me);
	}
	async refresh(): Promise<void> {
		try {
			const all = await call(takeCareApi.votes, { params: { id: this.#projectId } }, { stay: true });
			const voted = new Set(all.map(({ takeId }) => takeId));
			for (const takeId of this.#by.keys()) if (!voted.has(takeId)) this.#by.delete(takeId);
			for (const { takeId, by } of all) this.#by.set(takeId, by);
		} catch (failure) {
			// Away: what was heard last stays.
			if (!(failure instanceof Problem)) throw failure;
		}
	}
	/** Speaks for a take, or no longer. */
	async toggle(takeId: string): Promise<void> {
		const [before, vote] = [this.of(takeId), !this.isMine(takeId)];
		this.#by.set(takeId, vote ? [...before, this.#me] : before.filter((id) => id !== this.#me));
		try {
			const { by } = await call(takeCareApi.vote, { params: { id: takeId }, body: { vote } });
			this.#by.set(takeId, by);
		} catch (failure) {
			this.#by.set(takeId, before);
			toasts.show(problemWords(failure), { kind: 'danger' });
		}
	}
}
