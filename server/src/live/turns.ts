/** So long others wait for one slice. */
export const sliceMs = 4;

/** Work that is done a slice at a time, one in each turn of the event loop however many documents of a server have some: all else comes in between. */
export class Turns {
	private waiting: (() => void)[] = [];

	/** Resolves when it is the caller's turn: what follows synchronously is its slice. */
	next(): Promise<void> {
		return new Promise((resolve) => {
			if (this.waiting.push(resolve) === 1) setImmediate(this.give);
		});
	}

	private readonly give = (): void => {
		const resolve = this.waiting.shift();
		if (this.waiting.length > 0) setImmediate(this.give);
		resolve?.();
	};
}
