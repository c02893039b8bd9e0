import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { limits } from '@reelroom/shared/limits.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Graph } from '@reelroom/shared/provider/graph.ts';
import type { ObjectInfo } from '@reelroom/shared/provider/object-info.ts';
import { generationKinds, type GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import type { Workflow } from '@reelroom/shared/provider/workflow.ts';
import type { Provider, ProviderContext, ProviderMedia } from '../provider.ts';
import { ComfyError, type ComfyEntry } from './client.ts';
import { fillGraph, nodesThatRun } from './fill-graph.ts';
import { followPrompt, PromptLost } from './follow-prompt.ts';
import { filesOf, mediaKind } from './messages.ts';
import { createNodeSocket, type NodeSocket } from './node-socket.ts';
import { createComfyPool, type ComfyNode, type ComfyPool, type PoolOptions } from './pool.ts';
import type { Given, Took } from './wait-times.ts';

export type ComfyOptions = PoolOptions & {
	log: Log;
	workflows: readonly Workflow[];
	/** A version of a workspace's own workflow; null where there is none. */
	ownWorkflow?: (id: string, version: number) => Promise<Workflow | null>;
	/** Keeps what was learned of how long a workflow takes on a server. */
	onTook?: (nodeId: string, workflow: string, took: Took) => void;
	pollMs?: number;
	/** How often a task is sent anew when servers forget it or fail. */
	tries?: number;
};

type Progress = { value: number; max: number; image?: Uint8Array };
const decode = (bytes: Uint8Array) => sharp(bytes, { limitInputPixels: 50_000_000, failOn: 'error' });

/** The picture as it is stored: decoded within limits and written anew, so that nothing else of the file is kept. */
async function takePicture(bytes: Uint8Array): Promise<ProviderMedia> {
	const { data, info } = await decode(bytes).rotate().webp({ quality: 95 }).toBuffer({ resolveWithObject: true });
	return { bytes: new Uint8Array(data), mediaType: 'image/webp', widthPx: info.width, heightPx: info.height };
}

/** Draws by ComfyUI servers. The id of a prompt is kept before it is sent, so that whoever takes the task over finds it instead of sending another. */
export function createComfyProvider({
	workflows,
	ownWorkflow,
	onTook,
	log,
	pollMs = 2000,
	tries = 3,
	...about
}: ComfyOptions): Provider & { pool: ComfyPool; close(): Promise<void> } {
	const pool = createComfyPool({ log, ...about });
	const workflowOf = async ({ workflow, workflowVersion }: GenerationRequest): Promise<Workflow> => {
		const ready =
			workflow === undefined
				? workflows.find(({ kind }) => kind === 'text-to-image')
				: workflows.find(({ name }) => name === workflow);
		const found =
			ready ??
			(workflow === undefined || workflowVersion === undefined ? null : await ownWorkflow?.(workflow, workflowVersion));
		if (found == null) throw new Problem('workflow-refused', `There is no workflow “${workflow ?? ''}”`);
		return found;
	};
	/** Sends a prompt once: when its answer is lost, the server is asked whether it has it before it is sent again. */
	const send = async ({ client, socket }: ComfyNode, graph: Graph, promptId: string): Promise<void> => {
		try {
			const left = await client.submit(graph, promptId, socket.clientId);
			if (left.length > 0) log.warn({ faults: left, node: client.url }, 'a ComfyUI leaves out a part of a graph');
		} catch (error) {
			if (!(error instanceof ComfyError)) throw error;
			if (error.status === 400)
				throw new Problem('workflow-refused', error.faults.slice(0, 5).join('; '), { cause: error });
			const [ended, { running, pending }] = await Promise.all([client.history(promptId), client.queue()]);
			if (ended === null && !running.includes(promptId) && !pending.includes(promptId)) throw error;
		}
	};
	const pictureOf = async (
		{ client }: ComfyNode,
		entry: ComfyEntry,
		whole: Uint8Array | null,
		signal: AbortSignal,
	): Promise<ProviderMedia> => {
		if (entry.end === 'interrupted') throw new Problem('provider-failed', 'Somebody interrupted it on the ComfyUI');
		if (entry.end === 'error') throw new Problem('provider-failed', entry.error === '' ? undefined : entry.error);
		for (const file of filesOf(entry.outputs)) {
			if (!/\.(png|jpe?g|webp)$/i.test(file.filename)) continue;
			const bytes = await client.view(file, { maxBytes: limits.providerFileBytes, signal });
			const kind = mediaKind(bytes);
			if (kind === 'png' || kind === 'jpeg' || kind === 'webp') return takePicture(bytes);
		}
		if (whole !== null && mediaKind(whole) !== null) return takePicture(whole);
		throw new Problem('provider-failed', 'The workflow ended without a picture');
	};
	/** Follows a prompt that is on a node; what it was told before the node failed it is lost, the picture is not. */
	async function follow(
		node: ComfyNode,
		promptId: string,
		graph: Graph,
		isNew: boolean,
		socket: NodeSocket,
		{ signal, onProgress, attempt }: ProviderContext,
	): Promise<ProviderMedia> {
		let whole: Uint8Array | null = null;
		let telling: Promise<void> | null = null;
		let failure: unknown = null;
		let latest: Progress = { value: 0, max: 1 };
		const stop = new AbortController();
		const both = AbortSignal.any([signal, stop.signal, node.off.signal]);
		/** One telling at a time; what comes meanwhile is told by the next one, the newest only. */
		const tell = (): void => {
			telling ??= (async () => {
				try {
					for (let told: Progress | null = null; told !== latest && !both.aborted;) {
						told = latest;
						const { image, value, max }: Progress = told;
						const small =
							image && mediaKind(image) !== null
								? await decode(image)
										.resize(limits.previewSidePx, limits.previewSidePx, { fit: 'inside', withoutEnlargement: true })
										.webp({ quality: 70 })
										.toBuffer()
										.catch(() => null)
								: null;
						await onProgress({ stage: 'sampling', value, max, ...(small ? { preview: new Uint8Array(small) } : {}) });
						if (told === latest) latest = told = { value, max };
					}
				} catch (error) {
					failure ??= error;
					stop.abort(error);
				} finally {
					telling = null;
				}
			})();
		};
		try {
			const entry = await followPrompt({
				client: node.client,
				socket,
				promptId,
				nodeCount: nodesThatRun(graph, node.classes),
				signal: both,
				send: isNew ? () => send(node, graph, promptId) : undefined,
				pollMs,
				events: {
					progress: ({ value, max }) => {
						latest = { ...latest, value, max };
						tell();
					},
					preview: (image) => {
						latest = { ...latest, image };
						tell();
					},
					whole: (image) => void (whole = image),
				},
			});
			if (telling !== null) await (telling as Promise<void>);
			if (failure !== null) throw failure as Error;
			return await pictureOf(node, entry, whole, signal);
		} catch (error) {
			// Whoever takes the task over goes on with the prompt; for anybody else it is at an end.
			if (both.aborted && attempt?.isTakenOver() !== true)
				await node.client
					.cancel(promptId)
					.catch((reason: unknown) =>
						log.warn({ err: reason, node: node.client.url }, 'a prompt could not be cancelled'),
					);
			throw error;
		}
	}
	return {
		name: 'comfyui',
		kinds: generationKinds,
		pool,
		close: pool.close,
		async make(request, context) {
			const { signal, attempt } = context;
			signal.throwIfAborted();
			const workflow = await workflowOf(request);
			const fill = (classes: ObjectInfo) => fillGraph(workflow, request, classes);
			const failed = new Set<ComfyNode>();
			let last: unknown = null;
			const run = async (
				node: ComfyNode,
				promptId: string,
				graph: Graph,
				given: Given,
				/** Of an earlier attempt: the client id under which it is told of. */
				earlierClientId?: string,
			): Promise<ProviderMedia | null> => {
				const isNew = earlierClientId === undefined;
				const isOwn = isNew || earlierClientId === node.socket.clientId;
				const socket = isOwn ? node.socket : createNodeSocket({ url: node.settings.url, clientId: earlierClientId });
				let how: 'well' | 'fault' | 'other' = 'other';
				try {
					const picture = await follow(node, promptId, graph, isNew, socket, context);
					how = 'well';
					return picture;
				} catch (error) {
					signal.throwIfAborted();
					if (!(error instanceof ComfyError) && !(error instanceof PromptLost)) throw error;
					last = error;
					if (error instanceof ComfyError) {
						how = 'fault';
						failed.add(node);
						// It may run there yet: nobody waits for it any more.
						await node.client.cancel(promptId).catch(() => {});
					}
					return null;
				} finally {
					const took = pool.done(node, given, isNew ? how : how === 'fault' ? how : 'other', last);
					if (took !== null) onTook?.(node.settings.id, workflow.name, took);
					if (!isOwn) await socket.close();
				}
			};
			// A prompt of an earlier attempt is gone on with where it runs.
			const earlier = attempt?.reference ?? null;
			const before = earlier === null ? undefined : pool.find(earlier.node);
			if (earlier !== null && before !== undefined) {
				const { promptId, clientId = promptId } = earlier;
				const given = pool.give(before, workflow.name);
				const picture = await run(before, promptId, fill(before.classes), given, clientId);
				if (picture !== null) return picture;
			}
			for (let sent = 0; sent < tries; sent++) {
				const { node, graph, given } = await pool.choose({
					workflow: workflow.name,
					tags: workflow.tags ?? [],
					fill,
					signal,
					except: failed,
				});
				const promptId = randomUUID();
				try {
					await attempt?.keepReference({ node: node.settings.url, promptId, clientId: node.socket.clientId });
				} catch (error) {
					pool.done(node, given, 'other');
					throw error;
				}
				const picture = await run(node, promptId, graph, given);
				if (picture !== null) return picture;
			}
			throw new Problem('provider-unavailable', 'The ComfyUI did not bring it to an end', { cause: last });
		},
	};
}
