// What a worker under measurement tells whoever started it: `started` with the instants at which tasks began, and `done` once all of them have ended.

const now = () => performance.timeOrigin + performance.now();

/** `count` is how many tasks there are; 0 for any number, each told of at once. */
export function createTeller(count) {
	let first = Infinity;
	let ended = 0;
	return {
		started(id) {
			const at = now();
			first = Math.min(first, at);
			if (count === 0) process.send({ started: id, at });
		},
		ended() {
			if (++ended === count) process.send({ done: now() - first });
		},
		ready: () => process.send({ ready: true }),
	};
}
