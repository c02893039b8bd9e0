import { randomUUID } from 'node:crypto';
import type { FarmReport } from '@reelroom/shared/farm/farm.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { checkGraph, formatGraphFault, type GraphFault } from '@reelroom/shared/provider/check-graph.ts';
import type { Graph } from '@reelroom/shared/provider/graph.ts';
import type { ObjectInfo } from '@reelroom/shared/provider/object-info.ts';
import { createBreaker, type Breaker } from './breaker.ts';
import { ComfyError, createComfyClient, type ComfyClient, type ComfyStats } from './client.ts';
import { createClassLists } from './class-lists.ts';
import { modelsOf } from './models-of.ts';
import { createNodeSocket, type NodeSocket } from './node-socket.ts';
import { createWaitTimes, type Given, type Took } from './wait-times.ts';

/** How work is given to a server. */
export type NodeSettings = { id: string; url: string; concurrency: number; draining: boolean; tags: readonly string[] };
/** One ComfyUI as the pool knows it. */
export type ComfyNode = {
	settings: NodeSettings;
	client: ComfyClient;
	socket: NodeSocket;
	breaker: Breaker;
	/** Why it was left last, for people; empty when it is well. */
	fault: string;
	stats: ComfyStats | null;
	classes: ObjectInfo;
	running: number;
	waiting: number;
	/** What the pool gave it and is not done. */
	given: Set<Given>;
	/** When it was last asked what it has, and how busy it is. */
	readAt: number;
	lookedAt: number;
	/** Aborted when it is switched off or removed: what runs there moves. */
	off: AbortController;
};
export type PoolOptions = {
	log: Pick<Log, 'warn' | 'info'>;
	/** Servers from the beginning; others come by `setNodes`. */
	urls?: readonly string[];
	/** Node classes that may run; null for all. */
	allowed?: ReadonlySet<string> | null;
	faultsUntilLeft?: number;
	/** How long what a node said it has is believed. */
	freshMs?: number;
	/** How often it is asked how busy it is. */
	lookMs?: number;
	/** How long a task waits for a node to come back. */
	patienceMs?: number;
	timeoutMs?: number;
};
export type ComfyPool = ReturnType<typeof createComfyPool>;
export type Chosen = { node: ComfyNode; graph: Graph; given: Given };
export type Choice = {
	/** By its name how long it takes is learned. */
	workflow: string;
	tags: readonly string[];
	/** The graph by what a node has. */
	fill: (classes: ObjectInfo) => Graph;
	signal: AbortSignal;
	/** Those that failed it; taken only where there is no other. */
	except?: ReadonlySet<ComfyNode>;
};

/** Longer than this nobody waits for the answer of one server while there are others. */
const slowMs = 1000;
const refusal = (faults: readonly GraphFault[]): Problem =>
	new Problem('workflow-refused', faults.slice(0, 5).map(formatGraphFault).join('; '));

/**
 * Looks after the ComfyUI servers: what each has, how busy it is, which to leave alone, and which one brings a graph to its end soonest. A server that
 * fails is left after some faults and tried again with one prompt; never more than its share is given to one.
 */
export function createComfyPool({
	log,
	urls = [],
	allowed = null,
	faultsUntilLeft = 3,
	freshMs = 60_000,
	lookMs = 5000,
	patienceMs = 30_000,
	timeoutMs = 15_000,
}: PoolOptions) {
	let nodes: ComfyNode[] = [];
	let may = allowed;
	const waitTimes = createWaitTimes();
	const classLists = createClassLists();
	let changed = Promise.withResolvers<void>();
	/** Wakes whoever waits for a node, in the order they came. */
	const wake = (): void => {
		const before = changed;
		changed = Promise.withResolvers<void>();
		before.resolve();
	};
	const left = (node: ComfyNode, error: unknown, before: ReturnType<Breaker['state']>): void => {
		node.fault = error instanceof Error ? error.message.slice(0, 300) : '';
		if (node.breaker.state() === before || !['left', 'away'].includes(node.breaker.state())) return;
		log.warn({ err: error, node: node.settings.url }, 'a ComfyUI is left until it answers again');
		node.readAt = 0;
	};
	/** Asks a node what it has and how busy it is, where that is old; one question at a time. */
	const looking = new WeakMap<ComfyNode, Promise<void>>();
	const lookNow = async (node: ComfyNode): Promise<void> => {
		const before = node.breaker.state();
		try {
			if (Date.now() - node.readAt > freshMs) {
				const [stats, classes] = await Promise.all([node.client.stats(), node.client.classes()]);
				Object.assign(node, { stats, classes, readAt: Date.now() });
			}
			const { running, pending } = await node.client.queue();
			const isNews = running.length + pending.length !== node.running + node.waiting;
			[node.running, node.waiting, node.lookedAt] = [running.length, pending.length, Date.now()];
			// Every change of the queue is told to every socket: one that was not told of this hears nothing.
			if (isNews && node.socket.isOpen()) node.socket.expect();
			node.breaker.answered();
			if (before !== node.breaker.state()) {
				if (before === 'left') log.info({ node: node.settings.url }, 'a ComfyUI answers again');
				wake();
			}
			if (node.breaker.state() === 'up') node.fault = '';
		} catch (error) {
			if (!(error instanceof ComfyError)) throw error;
			node.breaker.silent();
			left(node, error, before);
		}
	};
	const look = (node: ComfyNode, olderThanMs: number): Promise<void> => {
		if (!node.breaker.mayLook() || Date.now() - node.lookedAt < olderThanMs) return Promise.resolve();
		const under = looking.get(node);
		if (under !== undefined) return under;
		const asked = lookNow(node).finally(() => looking.delete(node));
		looking.set(node, asked);
		return asked;
	};
	const createNode = (settings: NodeSettings): ComfyNode => {
		const node: ComfyNode = {
			settings,
			client: createComfyClient({ url: settings.url, timeoutMs, classLists }),
			socket: createNodeSocket({
				url: settings.url,
				clientId: randomUUID(),
				handshakeMs: timeoutMs,
				onQueue(remaining) {
					node.running = Math.min(1, remaining);
					node.waiting = Math.max(0, remaining - 1);
					wake();
				},
				onChange(isOpen) {
					// It may be gone; whoever waits is to know soon.
					if (!isOpen && node.breaker.state() === 'up') node.lookedAt = 0;
				},
			}),
			breaker: createBreaker({ faultsUntilLeft }),
			fault: '',
			stats: null,
			classes: {},
			running: 0,
			waiting: 0,
			given: new Set(),
			readAt: 0,
			lookedAt: 0,
			off: new AbortController(),
		};
		return node;
	};
	/** Takes the servers that there are now; one that is no more is left at once, and what runs there moves. */
	const setNodes = async (wanted: readonly NodeSettings[]): Promise<void> => {
		const gone = nodes.filter(({ settings }) => !wanted.some(({ id }) => id === settings.id));
		nodes = wanted.map((settings) => {
			const there = nodes.find((node) => node.settings.id === settings.id);
			return there === undefined ? createNode(settings) : Object.assign(there, { settings });
		});
		for (const { off } of gone) off.abort(new ComfyError('The server was switched off', null));
		wake();
		await Promise.all(gone.map(({ socket }) => socket.close()));
	};
	nodes = urls.map((url) =>
		createNode({ id: url, url: url.replace(/\/+$/, ''), concurrency: 2, draining: false, tags: [] }),
	);
	/** Whether it may hold one more. What others sent counts too, but for the first of ours: one that others keep busy is used all the same. */
	const hasRoom = ({ breaker, given, settings, running, waiting }: ComfyNode): boolean =>
		breaker.mayWork() && (given.size === 0 || Math.max(given.size, running + waiting) < settings.concurrency);
	/** Notes what a node is given, so that its share is kept. */
	const give = (node: ComfyNode, workflow: string): Given => {
		const given: Given = { workflow, at: Date.now() };
		node.given.add(given);
		node.breaker.began();
		return given;
	};
	return {
		nodes: (): readonly ComfyNode[] => nodes,
		setNodes,
		/** Says which node classes may run from now on. */
		setAllowed: (classes: ReadonlySet<string> | null): void => void (may = classes),
		find: (url: string): ComfyNode | undefined => nodes.find(({ settings }) => settings.url === url),
		/** Which nodes answer, and how many more prompts each may be given. */
		rooms: () =>
			nodes.map((node) => ({
				isUp: node.breaker.mayWork(),
				room:
					node.settings.draining || !hasRoom(node)
						? 0
						: Math.max(1, node.settings.concurrency - Math.max(node.given.size, node.running + node.waiting)),
			})),
		/** Asks every node that was not asked for a while. */
		look: (olderThanMs = lookMs) => Promise.all(nodes.map((node) => look(node, olderThanMs))),
		/** How long workflows took, as was learned before. */
		recall: (nodeId: string, took: Readonly<Record<string, Took>>): void => waitTimes.recall(nodeId, took),
		give,
		/** Takes it back: done `well`, by the node's `fault`, or ended for `other` reasons. Answers what was learned of how long it takes. */
		done(node: ComfyNode, given: Given, how: 'well' | 'fault' | 'other', error?: unknown): Took | null {
			node.given.delete(given);
			const before = node.breaker.state();
			node.breaker.ended(how);
			if (how === 'fault') left(node, error, before);
			if (how === 'well') node.fault = '';
			const took = how === 'well' ? waitTimes.took(node.settings.id, given.workflow, Date.now() - given.at) : null;
			wake();
			return took;
		},
		/**
		 * The node that brings a graph to its end soonest, with a share of it taken; waits for one to have room, and a while for one to come back. The faults of
		 * the graph are told when all that are there refuse it.
		 */
		async choose({ workflow, tags, fill, signal, except }: Choice): Promise<Chosen> {
			const until = Date.now() + patienceMs;
			for (;;) {
				signal.throwIfAborted();
				const meant = nodes.filter(({ settings }) => tags.every((tag) => settings.tags.includes(tag)));
				// One that does not answer keeps nobody from those that do.
				const looks = meant.map((node) => look(node, node.socket.isOpen() ? lookMs : 1000));
				await soon(Promise.all(looks), slowMs, signal);
				const word = changed.promise;
				const there = meant.filter(({ breaker }) => ['up', 'trying'].includes(breaker.state()));
				// Servers set up alike hold equal lists; each graph is filled and checked once for all of them.
				const checked = new Map<ObjectInfo, { graph: Graph; faults: GraphFault[] }>();
				const able: { node: ComfyNode; graph: Graph }[] = [];
				let faults: GraphFault[] | null = null;
				for (const node of there) {
					const known =
						checked.get(node.classes) ??
						(() => {
							const graph = fill(node.classes);
							return { graph, faults: checkGraph(graph, node.classes, may) };
						})();
					checked.set(node.classes, known);
					if (known.faults.length === 0) able.push({ node, graph: known.graph });
					else if (faults === null || known.faults.length < faults.length) faults = known.faults;
				}
				const fresh = able.filter(({ node }) => except?.has(node) !== true);
				const free = (fresh.length > 0 ? fresh : able).filter(({ node }) => !node.settings.draining && hasRoom(node));
				const [best] = free
					.map((each) => ({ ...each, endsMs: waitTimes.endsIn(each.node, workflow) }))
					.sort((a, b) => a.endsMs - b.endsMs || a.node.given.size - b.node.given.size);
				if (best !== undefined) return { ...best, given: give(best.node, workflow) };
				const isFull = able.some(({ node }) => !node.settings.draining);
				if (!isFull && faults !== null && (there.length === meant.length || Date.now() >= until)) throw refusal(faults);
				if (!isFull && (nodes.length === 0 || Date.now() >= until)) {
					if (tags.length > 0 && meant.length === 0)
						throw new Problem('provider-unavailable', `No ComfyUI has the tags ${tags.join(', ')}`);
					throw new Problem('provider-unavailable', 'No ComfyUI answers');
				}
				await soon(word, isFull ? 2000 : Math.min(500, patienceMs), signal);
			}
		},
		/** What each node says of itself, for people. */
		describe: (): (Omit<FarmReport, 'at' | 'took'> & { id: string; url: string; known: ObjectInfo })[] =>
			nodes.map(({ settings, breaker, fault, stats, classes, running, waiting }) => ({
				id: settings.id,
				url: settings.url,
				state: breaker.state(),
				fault,
				version: stats?.system.comfyui_version ?? null,
				devices: (stats?.devices ?? []).map(({ name, type, vram_total: vramBytes, vram_free: freeVramBytes }) => ({
					name,
					type,
					vramBytes,
					freeVramBytes,
				})),
				running,
				waiting,
				models: modelsOf(classes),
				classes: Object.keys(classes).length,
				known: classes,
			})),
		async close(): Promise<void> {
			await Promise.all(nodes.map(({ socket }) => socket.close()));
		},
	};
}

/** Waits for a word, at most so long; rejects when it is called off. */
async function soon(word: Promise<unknown>, mostMs: number, signal: AbortSignal): Promise<void> {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const timer = setTimeout(resolve, mostMs);
	const stop = () => reject(signal.reason as Error);
	signal.addEventListener('abort', stop, { once: true });
	try {
		await Promise.race([word, promise]);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', stop);
	}
}
