/** Seeded random numbers: integer arithmetic only, so equal on every machine. */
export type Random = {
	(): number;
	range(low: number, high: number): number;
	pick<T>(list: readonly [T, ...T[]]): T;
	sign(): 1 | -1;
};

/** FNV-1a over the code points of a text. */
export function hashText(text: string): number {
	let hash = 2166136261;
	for (const character of text) {
		hash ^= character.codePointAt(0) ?? 0;
		hash = Math.imul(hash, 16777619);
	}
	return hash >>> 0;
}

/** A mulberry32 generator started from a text. */
export function createRandom(seed: string): Random {
	let state = hashText(seed);
	const next = () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	return Object.assign(next, {
		range: (low: number, high: number) => low + (high - low) * next(),
		pick: <T>(list: readonly [T, ...T[]]): T => list[Math.floor(next() * list.length)] ?? list[0],
		sign: (): 1 | -1 => (next() < 0.5 ? -1 : 1),
	});
}

/** Tileable value noise in 0..1 over a square whose side is a power of two. */
export function createNoise(size: number, firstCell: number, octaves: number, seed: string): Float32Array {
	const noise = new Float32Array(size * size);
	let amplitude = 1;
	let total = 0;
	let cell = firstCell;
	for (let octave = 0; octave < octaves && cell >= 1; octave++) {
		const n = Math.max(2, Math.round(size / cell));
		const random = createRandom(`${seed}${octave}`);
		const grid = new Float32Array(n * n).map(() => random());
		const step = n / size;
		for (let y = 0; y < size; y++) {
			const gy = y * step;
			const y0 = gy | 0;
			const ty = gy - y0;
			const sy = ty * ty * (3 - 2 * ty);
			const rowA = (y0 % n) * n;
			const rowB = ((y0 + 1) % n) * n;
			for (let x = 0; x < size; x++) {
				const gx = x * step;
				const x0 = gx | 0;
				const tx = gx - x0;
				const sx = tx * tx * (3 - 2 * tx);
				const a = x0 % n;
				const b = (x0 + 1) % n;
				const top = (grid[rowA + a] ?? 0) * (1 - sx) + (grid[rowA + b] ?? 0) * sx;
				const bottom = (grid[rowB + a] ?? 0) * (1 - sx) + (grid[rowB + b] ?? 0) * sx;
				noise[y * size + x] = (noise[y * size + x] ?? 0) + amplitude * (top + (bottom - top) * sy);
			}
		}
		total += amplitude;
		amplitude *= 0.5;
		cell /= 2;
	}
	return noise.map((value) => value / total);
}
