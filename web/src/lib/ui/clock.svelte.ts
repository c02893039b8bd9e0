import { createSubscriber } from 'svelte/reactivity';

const everyMs = 1_000;
const tick = createSubscriber((update) => {
	const timer = setInterval(update, everyMs);
	return () => clearInterval(timer);
});

/** The present instant in milliseconds; what reads it is shown anew each second, and nothing ticks while nobody does. */
export const clock = {
	get now(): number {
		tick();
		return Date.now();
	},
};
