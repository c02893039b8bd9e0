/** What somebody brings who comes back: how far it reaches, of their own and of others, of whom not all of that is known. */
export type Return = {
	update: Uint8Array;
	own: ReadonlyMap<number, number>;
	foreign: ReadonlyMap<number, number>;
};

/** Those who can be taken together: each brings of others only what is known, or what these others bring themselves. */
export function completeReturns(returns: Iterable<Return>, known: (clientId: number) => number): Return[] {
	let complete = [...returns];
	for (;;) {
		const brought = new Map<number, number>();
		for (const { own } of complete)
			for (const [clientId, end] of own) brought.set(clientId, Math.max(end, brought.get(clientId) ?? 0));
		const left = complete.filter(({ foreign }) =>
			[...foreign].every(([clientId, end]) => end <= Math.max(known(clientId), brought.get(clientId) ?? 0)),
		);
		if (left.length === complete.length) return left;
		complete = left;
	}
}
