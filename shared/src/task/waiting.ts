import type { WaitReason } from './task.ts';

/** How long tasks of one kind, provider and workflow have taken lately, and how far they were apart from that. */
export type LearnedTime = { ms: number; spreadMs: number };
/** A task that waits, in so far as it matters for when it begins. */
export type QueueEntry = {
	id: string;
	createdBy: string;
	projectId: string;
	provider: string;
	/** What its time is learned by. */
	timeKey: string;
	/** Not before then. */
	retryAt: Date | null;
	/** How many tasks whoever asked may have running at once; null for any number. */
	atOnce: number | null;
};
/** A task that runs. */
export type RunningEntry = { createdBy: string; timeKey: string; startedAt: Date; etaMs: number | null };
/** A worker that lives, and of each provider how many of its places elsewhere answer, and have room; null where it works in the worker itself. */
export type WorkingEntry = { places: number; providers: Readonly<Record<string, { up: number; room: number } | null>> };
/** The queue of one kind at one moment. */
export type QueueState = {
	now: Date;
	/** In the order of their turns. */
	queue: readonly QueueEntry[];
	running: readonly RunningEntry[];
	workers: readonly WorkingEntry[];
	/** Projects whose tasks are held back. */
	paused: ReadonlySet<string>;
	timeOf: (timeKey: string) => LearnedTime;
};
/** Why a task waits, its place in the queue, and how long it is until it has ended, at least and at most; null where that depends on people or on what is away. */
export type Waiting = { why: WaitReason; place: number | null; eta: { leastMs: number; mostMs: number } | null };

/** Before anything was learned. */
export const unknownTime: LearnedTime = { ms: 10_000, spreadMs: 8_000 };

/** Says of every task of a kind why it waits and for how long. */
export function explainQueue(state: QueueState): Map<string, Waiting> {
	const { now, queue, running, workers, paused } = state;
	const places = workers.reduce((sum, worker) => sum + worker.places, 0);
	const runningOf = new Map<string, number>();
	for (const { createdBy } of running) runningOf.set(createdBy, (runningOf.get(createdBy) ?? 0) + 1);
	const whyOf = (entry: QueueEntry): WaitReason => {
		if (paused.has(entry.projectId)) return 'paused';
		if (entry.retryAt !== null && entry.retryAt > now) return 'retry';
		if (places === 0) return 'no-worker';
		const able = workers.flatMap(({ providers }) =>
			Object.hasOwn(providers, entry.provider) ? [providers[entry.provider] ?? null] : [],
		);
		if (able.every((nodes) => nodes !== null && nodes.up === 0)) return 'no-provider';
		if (entry.atOnce !== null && (runningOf.get(entry.createdBy) ?? 0) >= entry.atOnce) return 'user-limit';
		return able.every((nodes) => nodes !== null && nodes.room <= 0) ? 'nodes-busy' : 'turn';
	};
	const whys = queue.map(whyOf);
	const moves = queue.filter((_, index) => !isHeld(whys[index] ?? 'turn'));
	const soonest = endsOf(state, moves, places, ({ ms, spreadMs }) => Math.max(ms - spreadMs, ms / 4));
	const latest = endsOf(state, moves, places, ({ ms, spreadMs }) => ms + 2 * spreadMs);
	let place = 0;
	return new Map(
		queue.map(({ id }, index) => {
			const why = whys[index] ?? 'turn';
			const least = soonest.get(id);
			const most = latest.get(id);
			const eta = least === undefined || most === undefined ? null : { leastMs: least, mostMs: Math.max(least, most) };
			return [id, { why, place: isHeld(why) || why === 'retry' ? null : ++place, eta }];
		}),
	);
}

/** Whether it goes on only when somebody does something, or something comes back. */
const isHeld = (why: WaitReason): boolean => why === 'paused' || why === 'no-worker' || why === 'no-provider';

/** Plays the queue through, place by place, in the order of the turns: how long from now each of these ends. */
function endsOf(
	{ now, running, timeOf }: QueueState,
	moves: readonly QueueEntry[],
	places: number,
	lasts: (time: LearnedTime) => number,
): Map<string, number> {
	const ends = new Map<string, number>();
	if (places === 0) return ends;
	const left = ({ timeKey, startedAt, etaMs }: RunningEntry): number =>
		etaMs ?? Math.max(0, lasts(timeOf(timeKey)) - (now.getTime() - startedAt.getTime()));
	const freeAt = running.map(left).sort((a, b) => a - b);
	// More may run than there are places, of workers that have just gone.
	while (freeAt.length < places) freeAt.unshift(0);
	const ofPerson = new Map<string, number[]>();
	for (const entry of running) {
		const own = ofPerson.get(entry.createdBy) ?? [];
		ofPerson.set(entry.createdBy, own);
		own.push(left(entry));
	}
	for (const { id, createdBy, timeKey, retryAt, atOnce } of moves) {
		const own = (ofPerson.get(createdBy) ?? []).sort((a, b) => a - b);
		ofPerson.set(createdBy, own);
		const ownFree = atOnce === null || own.length < atOnce ? 0 : (own[own.length - atOnce] ?? 0);
		const earliest = Math.max(ownFree, retryAt === null ? 0 : retryAt.getTime() - now.getTime());
		// The place that has been free the shortest; else the one that is free first.
		let chosen = 0;
		for (let index = 1; index < freeAt.length; index++) {
			const at = freeAt[index] ?? 0;
			const best = freeAt[chosen] ?? 0;
			if (best > earliest ? at < best : at <= earliest && at > best) chosen = index;
		}
		const end = Math.max(earliest, freeAt[chosen] ?? 0) + lasts(timeOf(timeKey));
		freeAt[chosen] = end;
		own.push(end);
		ends.set(id, Math.round(end));
	}
	return ends;
}

/** How long until a task that runs has ended, at least and at most. */
export function restOf(
	{ startedAt, etaMs, timeKey }: Omit<RunningEntry, 'createdBy'>,
	now: Date,
	timeOf: QueueState['timeOf'],
): NonNullable<Waiting['eta']> {
	if (etaMs !== null) return { leastMs: Math.round(etaMs * 0.8), mostMs: Math.round(etaMs * 1.3) };
	const { ms, spreadMs } = timeOf(timeKey);
	const since = now.getTime() - startedAt.getTime();
	const leastMs = Math.max(0, Math.round(Math.max(ms - spreadMs, ms / 4) - since));
	return { leastMs, mostMs: Math.max(leastMs, Math.round(ms + 2 * spreadMs - since)) };
}
