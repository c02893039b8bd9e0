import { SvelteMap } from 'svelte/reactivity';
import type { Lineage } from '@reelroom/shared/board/lineage.ts';
import { takeCareApi } from '@reelroom/shared/board/take-care-api.ts';
import { call } from '#lib/call.ts';

/** How takes came about, asked for once each: it never changes. */
export class Lineages {
	readonly #known = new SvelteMap<string, Lineage>();
	readonly #asking = new Map<string, Promise<void>>();

	/** Null until it is loaded. */
	of(takeId: string): Lineage | null {
		return this.#known.get(takeId) ?? null;
	}
	/** Rejects with the problem when it cannot be had now. */
	load(takeId: string): Promise<void> {
		if (this.#known.has(takeId)) return Promise.resolve();
		const asked =
			this.#asking.get(takeId) ??
			call(takeCareApi.lineage, { params: { id: takeId } }, { stay: true })
				.then((lineage) => void this.#known.set(takeId, lineage))
				.finally(() => this.#asking.delete(takeId));
		this.#asking.set(takeId, asked);
		return asked;
	}
}
