/**
 * Ids of what was sent and never answered. The same words about the same thing, pressed again, go under the same id: if only the answer was lost, the
 * server knows them, and nothing is there twice. Other words are something else and get an id of their own.
 */
export class Unsent {
	readonly #newId: () => string;
	readonly #ids = new Map<string, string>();

	constructor(newId: () => string) {
		this.#newId = newId;
	}
	idFor(what: object): string {
		const key = JSON.stringify(what);
		const id = this.#ids.get(key) ?? this.#newId();
		this.#ids.set(key, id);
		return id;
	}
	/** It was answered: said again it is said anew. */
	arrived(what: object): void {
		this.#ids.delete(JSON.stringify(what));
	}
}
