/** Something that a server was given, and when. */
export type Given = { workflow: string; at: number };
/** How long a workflow takes on a server, smoothed, and of how many runs that was learned. */
export type Took = { ms: number; count: number };
/** A server as far as it matters to when it is free. */
export type Busy = { settings: { id: string }; given: ReadonlySet<Given>; running: number; waiting: number };

/** What is supposed of a workflow that has run nowhere yet. */
const unknownMs = 20_000;
const mean = (times: readonly number[]): number => times.reduce((sum, ms) => sum + ms, 0) / times.length;

/** Learns how long each workflow takes on each server, and tells in how long a server would bring one to its end. */
export function createWaitTimes(now: () => number = Date.now) {
	const known = new Map<string, Map<string, Took>>();
	const of = (nodeId: string): Map<string, Took> => {
		const found = known.get(nodeId) ?? new Map<string, Took>();
		known.set(nodeId, found);
		return found;
	};
	/** Of the server itself, else of the same workflow elsewhere, else of whatever the server does. */
	const expected = (nodeId: string, workflow: string): number => {
		const own = of(nodeId).get(workflow);
		if (own !== undefined) return own.ms;
		const elsewhere = [...known.values()].flatMap((times) => times.get(workflow)?.ms ?? []);
		if (elsewhere.length > 0) return mean(elsewhere);
		const others = [...of(nodeId).values()].map(({ ms }) => ms);
		return others.length > 0 ? mean(others) : unknownMs;
	};
	return {
		/** Takes in what was learned in an earlier life or by another worker; what was learned here counts more. */
		recall(nodeId: string, took: Readonly<Record<string, Took>>): void {
			const own = of(nodeId);
			for (const [workflow, about] of Object.entries(took))
				if ((own.get(workflow)?.count ?? 0) < about.count) own.set(workflow, about);
		},
		/** Notes a run; answers what is known now. */
		took(nodeId: string, workflow: string, ms: number): Took {
			const before = of(nodeId).get(workflow);
			const next = { ms: before === undefined ? ms : before.ms * 0.7 + ms * 0.3, count: (before?.count ?? 0) + 1 };
			of(nodeId).set(workflow, next);
			return next;
		},
		/** In how many milliseconds a server would have done what it holds and then this. */
		endsIn({ settings: { id }, given, running, waiting }: Busy, workflow: string): number {
			const ours = [...given].sort((a, b) => a.at - b.at);
			const times = ours.map(({ workflow: each, at }, place) => {
				const whole = expected(id, each);
				// The first of ours may be under way; one that takes longer than it should ends any moment.
				return place === 0 ? Math.max(whole * 0.05, whole - (now() - at)) : whole;
			});
			const foreign = Math.max(0, running + waiting - given.size);
			const own = [...of(id).values()].map(({ ms }) => ms);
			const foreignMs = foreign * (own.length > 0 ? mean(own) : expected(id, workflow));
			return times.reduce((sum, ms) => sum + ms, 0) + foreignMs + expected(id, workflow);
		},
	};
}
