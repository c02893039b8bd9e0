import { SvelteMap } from 'svelte/reactivity';

export type Uploading = { id: number; shotId: string; name: string; stop: AbortController };

/** Files of one's own that are on their way to a shot, in the order they were given. */
export class UploadsState {
	readonly #underWay = new SvelteMap<number, Uploading>();
	#last = 0;

	of(shotId: string): Uploading[] {
		return [...this.#underWay.values()].filter((each) => each.shotId === shotId);
	}
	begin(shotId: string, name: string): Uploading {
		const uploading = { id: ++this.#last, shotId, name, stop: new AbortController() };
		this.#underWay.set(uploading.id, uploading);
		return uploading;
	}
	end({ id }: Uploading): void {
		this.#underWay.delete(id);
	}
}
