import { limits } from '@reelroom/shared/limits.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { RungTask } from '@reelroom/shared/node/bell.ts';
import type { TaskClaims } from '@reelroom/shared/node/stores/task-claims.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { Claimant } from '@reelroom/shared/node/stores/task-taking.ts';
import { taskKinds, type TaskKind } from '@reelroom/shared/task/task.ts';
import { Stopped } from './stopped.ts';

export type DispatcherDeps = {
	claims: Pick<
		TaskClaims,
		'take' | 'takeRung' | 'nextDue' | 'renewAll' | 'standing' | 'release' | 'releaseStrays' | 'endAbandoned'
	>;
	worker: Claimant;
	/** How many tasks of each kind may run at once. */
	places: Readonly<Record<TaskKind, number>>;
	/** Runs a claimed task; says when its place is free because only its end is yet to be written, and resolves then, with the instant from which it is to be tried again, if it is. */
	run: (task: TaskRecord, stop: AbortController, free: () => void) => Promise<Date | null>;
	/** Projects that are passed over now. */
	pausedProjects: () => Promise<readonly string[]>;
	/** Providers that can make this kind, and how many more tasks each has room for now; `busy` of one whose nodes answer and are full. */
	rooms: (kind: TaskKind) => ReadonlyMap<string, number | 'busy'>;
	/** Told of tasks whose worker is gone and that have come to their end by it. */
	abandoned: (tasks: readonly TaskRecord[]) => Promise<void>;
	leaseMs: number;
	log: Log;
	now: () => Date;
};
export type Dispatcher = ReturnType<typeof createDispatcher>;

/** A lane of the queue: what is worked on side by side with the others. */
type Lane = {
	kind: TaskKind;
	most: number;
	active: number;
	looking: Promise<void> | null;
	again: boolean;
	/** The last look has found that nothing waits: whatever is new then comes first. */
	isDry: boolean;
	/** When the first one is due of those that wait to be tried again. */
	dueAt: number | null;
	timer: NodeJS.Timeout | undefined;
	/** Until places that have become free are filled. */
	soon: NodeJS.Timeout | undefined;
	/** While everything that a provider has is busy: looks whether that is over. */
	roomTimer: NodeJS.Timeout | undefined;
};
/** Providers are asked this often whether they have room again; that asks nobody outside of this process. */
const roomMs = 100;
/** Places that become free wait so long for others that do. */
const gatherMs = 2;
/** A timer is set for at most this long; what is due later is found by the looks between. */
const farMs = 60_000;

/**
 * Takes tasks as places for them are free, and runs them. It looks when it is rung, when a scene job is heard, at the very moment when a task is due, when a place
 * becomes free, and once a second whatever happens, so that no lost bell keeps a task waiting. Where nothing else waits it claims the task that it was rung for
 * without looking. Everything it knows can be lost: the documents of the tasks say the same.
 */
export function createDispatcher(deps: DispatcherDeps) {
	const { claims, worker, log, now } = deps;
	const lanes = new Map<TaskKind, Lane>(
		taskKinds.map((kind) => [
			kind,
			{
				kind,
				most: deps.places[kind],
				active: 0,
				looking: null,
				again: false,
				isDry: false,
				dueAt: null,
				timer: undefined,
				soon: undefined,
				roomTimer: undefined,
			},
		]),
	);
	const running = new Map<string, { task: TaskRecord; stop: AbortController; done: Promise<void> }>();
	/** Claims of tasks that were rung for, until they are answered. */
	const reaching = new Set<Promise<void>>();
	let closed = false;
	let hasStrays = false;
	let beating: Promise<void> = Promise.resolve();
	let lastRenewal = 0;

	const start = (lane: Lane, task: TaskRecord): void => {
		const stop = new AbortController();
		// One that it had lost without hearing of it, and has got again.
		running.get(task._id)?.stop.abort(new Stopped('claim-lost'));
		lane.active++;
		let isFree = false;
		const free = (): void => {
			if (!isFree) lane.active--;
			isFree = true;
			lookSoon(lane);
		};
		const done = deps
			.run(task, stop, free)
			.then((again) => {
				if (again !== null) waits(lane, again);
			})
			.catch((error: unknown) => log.error({ err: error, taskId: task._id }, 'a run broke off'))
			.finally(() => {
				if (running.get(task._id)?.task === task) running.delete(task._id);
				// Whoever asked for it has a place again.
				free();
			});
		running.set(task._id, { task, stop, done });
	};
	const takeSome = async (lane: Lane): Promise<void> => {
		const most = lane.most - lane.active;
		if (most <= 0 || closed) return;
		const rooms = numbersOf(deps.rooms(lane.kind));
		const { pausedProjects } = deps;
		const { taken, isDry } = await claims.take({ kind: lane.kind, most, rooms, pausedProjects }, worker, now());
		// Whoever rang meanwhile is looked for by the next look.
		lane.isDry = isDry && !lane.again;
		for (const task of taken)
			if (closed) await claims.release(task._id, task.claim, now());
			else start(lane, task);
		waitForRoom(lane);
	};
	const busyOf = (lane: Lane): string[] =>
		[...deps.rooms(lane.kind)].flatMap(([provider, room]) => (room === 'busy' ? [provider] : []));
	const waitForRoom = (lane: Lane): void => {
		const before = busyOf(lane);
		if (before.length === 0 || closed) return;
		lane.roomTimer ??= setTimeout(() => {
			lane.roomTimer = undefined;
			const after = new Set(busyOf(lane));
			if (before.some((provider) => !after.has(provider))) look(lane.kind);
			else waitForRoom(lane);
		}, roomMs);
	};
	/** A place is free again. Where nothing waits nobody looks; where much does, places that become free in one moment are filled by one look. */
	const lookSoon = (lane: Lane): void => {
		if (lane.isDry || closed) return;
		lane.soon ??= setTimeout(() => {
			lane.soon = undefined;
			look(lane.kind);
		}, gatherMs);
	};
	/** Claims the task that was rung for, where a place is free for it and nothing can come before it; false where that cannot be said. */
	const reach = (lane: Lane, rung: RungTask): boolean => {
		if (!lane.isDry || lane.looking !== null || lane.active >= lane.most) return false;
		const room = deps.rooms(lane.kind).get(rung.provider);
		if (room === undefined || room === 'busy' || room <= 0) return false;
		const own = new Set([...running.values()].flatMap(({ task }) => task.slot ?? []));
		// Its place is taken from now on.
		lane.active++;
		const reached = claims
			.takeRung(rung, { own, pausedProjects: deps.pausedProjects }, worker, now())
			.catch((error: unknown) => {
				hasStrays = true;
				log.warn({ err: error, taskId: rung.id }, 'the task that was rung for could not be claimed');
				return null;
			})
			.then(async (task) => {
				lane.active--;
				if (task === null) look(lane.kind);
				else if (closed) await claims.release(task._id, task.claim, now());
				else start(lane, task);
			})
			.catch((error: unknown) => log.warn({ err: error, taskId: rung.id }, 'a task was not given back'))
			.finally(() => reaching.delete(reached));
		reaching.add(reached);
		return true;
	};
	/** Looks for tasks in a lane, perhaps for just this one. Whoever calls while it looks makes it look once more. */
	function look(kind: TaskKind, rung?: RungTask): void {
		const lane = lanes.get(kind);
		if (lane === undefined || closed) return;
		if (rung !== undefined && reach(lane, rung)) return;
		// Something waits, unless the look finds that nothing does.
		lane.isDry = false;
		lane.again = true;
		lane.looking ??= (async () => {
			while (lane.again && !closed) {
				lane.again = false;
				await takeSome(lane).catch((error: unknown) => {
					// What it asked for may have been done all the same.
					hasStrays = true;
					log.warn({ err: error, kind }, 'tasks could not be looked for');
				});
			}
			lane.looking = null;
		})();
	}
	const setDue = (lane: Lane, at: number | null): void => {
		lane.dueAt = at;
		clearTimeout(lane.timer);
		if (at === null || closed) return;
		const inMs = Math.max(0, at - Date.now());
		lane.timer = setTimeout(
			() => {
				// It was too far away for one timer, or the timer was early by a part of a millisecond.
				if (lane.dueAt !== null && lane.dueAt > Date.now()) return setDue(lane, lane.dueAt);
				look(lane.kind);
				void readDue(lane).catch((error: unknown) => log.warn({ err: error }, 'the next due task is not known'));
			},
			Math.min(inMs, farMs),
		);
	};
	/** A task waits from an instant on. */
	function waits(lane: Lane, from: Date): void {
		const at = from.getTime();
		if (at <= Date.now()) look(lane.kind);
		else if (lane.dueAt === null || at < lane.dueAt) setDue(lane, at);
	}
	async function readDue(lane: Lane): Promise<void> {
		const at = (await claims.nextDue(lane.kind, now()))?.getTime() ?? null;
		if (at !== lane.dueAt) setDue(lane, at);
	}
	const stop = (taskId: string, reason: Stopped['reason']): void =>
		running.get(taskId)?.stop.abort(new Stopped(reason));

	/** Keeps the claims of what runs, and stops what is to be stopped. */
	const keepClaims = async (): Promise<void> => {
		const ids = [...running.keys()];
		if (ids.length === 0) return;
		const at = now();
		if (at.getTime() - lastRenewal >= deps.leaseMs / 3) {
			await claims.renewAll(worker.id, ids, at);
			lastRenewal = at.getTime();
		}
		const standing = await claims.standing(ids);
		for (const id of ids) {
			const run = running.get(id);
			const stands = standing.get(id);
			const status = stands?.claim === run?.task.claim ? stands?.status : undefined;
			// One that has just written its end hears nothing of this any more. What is gone with its project nobody goes on with.
			if (status !== 'running') stop(id, status === 'cancelling' || stands === undefined ? 'cancelled' : 'claim-lost');
		}
	};
	const beat = async (): Promise<void> => {
		if (hasStrays) {
			hasStrays = false;
			await claims.releaseStrays(worker.id, [...running.keys()], now());
		}
		await keepClaims();
		const ended = await claims.endAbandoned(now());
		if (ended.length > 0) await deps.abandoned(ended);
		for (const lane of lanes.values()) {
			await readDue(lane);
			look(lane.kind);
		}
	};
	const beatSafely = (): void => {
		beating = beating.then(beat).catch((error: unknown) => {
			hasStrays = true;
			log.warn({ err: error }, 'the queue could not be looked after');
		});
	};
	const beats = setInterval(beatSafely, Math.min(limits.taskLookMs, deps.leaseMs / 3));
	beatSafely();

	return {
		look,
		/** A task was cancelled: its run, if it is here, is told at once. */
		cancel: (taskId: string): void => stop(taskId, 'cancelled'),
		/** Tasks that run here in each lane. */
		busy: (kind: TaskKind): number => lanes.get(kind)?.active ?? 0,
		/** Takes no more, waits so long for what runs, then stops it. */
		async close(graceMs: number): Promise<void> {
			closed = true;
			clearInterval(beats);
			for (const { timer, soon, roomTimer } of lanes.values())
				[timer, soon, roomTimer].forEach((each) => clearTimeout(each));
			const keeping = setInterval(
				() => void keepClaims().catch((error: unknown) => log.warn({ err: error }, 'claims could not be kept')),
				Math.min(limits.taskLookMs, deps.leaseMs / 3),
			);
			const grace = setTimeout(() => {
				for (const id of running.keys()) stop(id, 'closing');
			}, graceMs);
			await Promise.all(reaching);
			while (running.size > 0) await Promise.allSettled([...running.values()].map(({ done }) => done));
			clearTimeout(grace);
			clearInterval(keeping);
			await Promise.all([beating, ...[...lanes.values()].map(({ looking }) => looking)]);
		},
	};
}

const numbersOf = (rooms: ReadonlyMap<string, number | 'busy'>): Map<string, number> =>
	new Map([...rooms].map(([provider, room]) => [provider, room === 'busy' ? 0 : room]));
