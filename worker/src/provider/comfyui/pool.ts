import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '@reelroom/shared/node/log.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { checkGraph, formatGraphFault } from '@reelroom/shared/provider/check-graph.ts';
import type { Graph } from '@reelroom/shared/provider/graph.ts';
import { inputsOf, type ObjectInfo } from '@reelroom/shared/provider/object-info.ts';
import { ComfyError, createComfyClient, type ComfyClient, type ComfyStats } from './client.ts';

/** One ComfyUI as the pool knows it. */
export type ComfyNode = {
	client: ComfyClient;
	isUp: boolean;
	/** Faults one after the other; at the limit the node is left and only probed. */
	faults: number;
	stats: ComfyStats | null;
	classes: ObjectInfo;
	/** Prompts that were waiting or running when the node was last asked, and those given to it since. */
	queued: number;
	given: number;
	/** How long a workflow took here, smoothed. */
	tookMs: Map<string, number>;
	readAt: number;
	probeAt: number;
};
export type PoolOptions = {
	urls: readonly string[];
	log: Pick<Log, 'warn' | 'info'>;
	/** Node classes that may run; null for all. */
	allowed?: ReadonlySet<string> | null;
	faultsUntilLeft?: number;
	/** How long what a node said of itself is believed. */
	freshMs?: number;
	/** How long a task waits for a node to come back. */
	patienceMs?: number;
	timeoutMs?: number;
};
export type ComfyPool = ReturnType<typeof createComfyPool>;

const unknownMs = 20_000;
/** Files and choices by which a node differs from another. */
const choicesOf = (classes: ObjectInfo, type: string, input: string): string[] => {
	const known = classes[type];
	const choices = known && inputsOf(known).find(({ name }) => name === input)?.choices;
	return (choices ?? []).map(String);
};

/** Looks after the ComfyUI servers: what each has, how busy it is, which to leave alone for now, and which one does a graph soonest. */
export function createComfyPool({
	urls,
	log,
	allowed = null,
	faultsUntilLeft = 3,
	freshMs = 30_000,
	patienceMs = 30_000,
	timeoutMs = 15_000,
}: PoolOptions) {
	const nodes = urls.map((url): ComfyNode => ({
		client: createComfyClient({ url, timeoutMs }),
		isUp: true,
		faults: 0,
		stats: null,
		classes: {},
		queued: 0,
		given: 0,
		tookMs: new Map(),
		readAt: 0,
		probeAt: 0,
	}));
	const failed = (node: ComfyNode, error: unknown): void => {
		node.faults++;
		if (node.faults < faultsUntilLeft && node.readAt > 0) return;
		if (node.isUp) log.warn({ err: error, node: node.client.url }, 'a ComfyUI is left until it answers again');
		node.isUp = false;
		node.readAt = 0;
		node.probeAt = Date.now() + Math.min(30_000, 500 * 2 ** Math.min(node.faults, 6));
	};
	/** Asks a node what it has and how busy it is, when that is not known or old. */
	const look = async (node: ComfyNode): Promise<void> => {
		const now = Date.now();
		if (!node.isUp && now < node.probeAt) return;
		try {
			if (now - node.readAt > freshMs) {
				[node.stats, node.classes] = await Promise.all([node.client.stats(), node.client.classes()]);
				node.readAt = now;
			}
			const { running, pending } = await node.client.queue();
			node.queued = running.length + pending.length;
			if (!node.isUp) log.info({ node: node.client.url }, 'a ComfyUI answers again');
			node.isUp = true;
			node.faults = 0;
		} catch (error) {
			if (!(error instanceof ComfyError)) throw error;
			failed(node, error);
		}
	};
	const meanMs = (node: ComfyNode, workflow: string): number => {
		const known = [...node.tookMs.values()];
		return (
			node.tookMs.get(workflow) ??
			(known.length > 0 ? known.reduce((sum, ms) => sum + ms, 0) / known.length : unknownMs)
		);
	};
	return {
		nodes: nodes as readonly ComfyNode[],
		find: (url: string): ComfyNode | undefined => nodes.find(({ client }) => client.url === url),
		/** Tells that a node did not do as asked. */
		failed,
		/** Notes how long a workflow took on a node. */
		took(node: ComfyNode, workflow: string, ms: number): void {
			const before = node.tookMs.get(workflow);
			node.tookMs.set(workflow, before === undefined ? ms : before * 0.7 + ms * 0.3);
			node.faults = 0;
		},
		/** The node that can do a graph soonest; `fill` gives the graph by what the node has. Waits a while for one that is away; the faults of the graph are told when all that are there refuse it. */
		async choose(
			workflow: string,
			fill: (classes: ObjectInfo) => Graph,
			{ signal, except }: { signal: AbortSignal; except?: ReadonlySet<ComfyNode> },
		) {
			const until = Date.now() + patienceMs;
			for (;;) {
				await Promise.all(nodes.map(look));
				signal.throwIfAborted();
				const up = nodes.filter(({ isUp }) => isUp);
				const fitting = up.map((node) => {
					const graph = fill(node.classes);
					return { node, graph, faults: checkGraph(graph, node.classes, allowed) };
				});
				const able = fitting.filter(({ faults }) => faults.length === 0);
				const [best] = able
					.filter(({ node }) => able.length === 1 || except?.has(node) !== true)
					.sort(
						(a, b) =>
							(a.node.queued + a.node.given) * meanMs(a.node, workflow) -
							(b.node.queued + b.node.given) * meanMs(b.node, workflow),
					);
				if (best !== undefined) return best;
				const [refused] = fitting;
				if (up.length === nodes.length && refused !== undefined)
					throw new Problem('workflow-refused', refused.faults.slice(0, 5).map(formatGraphFault).join('; '));
				if (Date.now() >= until) {
					if (refused !== undefined)
						throw new Problem('workflow-refused', refused.faults.slice(0, 5).map(formatGraphFault).join('; '));
					throw new Problem('provider-unavailable', 'No ComfyUI answers');
				}
				await wait(Math.min(500, patienceMs), undefined, { signal }).catch(() => signal.throwIfAborted());
			}
		},
		/** What each node says of itself, for people. */
		async describe() {
			await Promise.all(nodes.map(look));
			return nodes.map(({ client, isUp, stats, classes, queued }) => ({
				url: client.url,
				isUp,
				version: stats?.system.comfyui_version ?? null,
				devices: stats?.devices ?? [],
				queued,
				checkpoints: choicesOf(classes, 'CheckpointLoaderSimple', 'ckpt_name'),
				loras: choicesOf(classes, 'LoraLoader', 'lora_name'),
				vaes: choicesOf(classes, 'VAELoader', 'vae_name'),
				controlNets: choicesOf(classes, 'ControlNetLoader', 'control_net_name'),
				samplers: choicesOf(classes, 'KSampler', 'sampler_name'),
			}));
		},
	};
}
