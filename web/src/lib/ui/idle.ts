/** Does work when the window has nothing better to do, such as to show what is typed, but within a time; the answer calls it off. */
export function whenIdle(work: () => void, withinMs = 500): () => void {
	// Safari has no idle time to give.
	if (typeof requestIdleCallback === 'undefined') {
		const timer = setTimeout(work, 0);
		return () => clearTimeout(timer);
	}
	const asked = requestIdleCallback(work, { timeout: withinMs });
	return () => cancelIdleCallback(asked);
}
