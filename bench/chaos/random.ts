/** Numbers that look random and are the same for the same seed. */
export type Random = { below(limit: number): number; chance(share: number): boolean; pick<T>(from: readonly T[]): T };

/** A source of numbers of its own for each purpose, so that the timing of one does not change the other. */
export function createRandom(seed: number, purpose: number): Random {
	let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(purpose + 1, 0x85ebca6b)) >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	return {
		below: (limit) => Math.floor(next() * limit),
		chance: (share) => next() < share,
		pick(from) {
			const picked = from[Math.floor(next() * from.length)];
			if (picked === undefined) throw new Error('Nothing to pick from');
			return picked;
		},
	};
}
