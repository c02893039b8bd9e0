import { randomUUID } from 'node:crypto';
import { limits } from '@reelroom/shared/limits.ts';
import { mediaKind } from '@reelroom/shared/media/media-kind.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Graph } from '@reelroom/shared/provider/graph.ts';
import type { ObjectInfo } from '@reelroom/shared/provider/object-info.ts';
import { generationKinds, mediaOf, type GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import type { Workflow } from '@reelroom/shared/provider/workflow.ts';
import type { Provider, ProviderContext, ProviderMedia, TakeClip } from '../provider.ts';
import { ComfyError } from './client.ts';
import { fillGraph, nodesThatRun } from './fill-graph.ts';
import { followPrompt, PromptLost } from './follow-prompt.ts';
import { createNodeSocket, type NodeSocket } from './node-socket.ts';
import { createComfyPool, type ComfyNode, type ComfyPool, type PoolOptions } from './pool.ts';
import { namesOf, readPictures, uploadPictures } from './references.ts';
import { decode, takeOutput } from './take-output.ts';
import type { Given, Took } from './wait-times.ts';

export type ComfyOptions = PoolOptions & {
	log: Log;
	workflows: readonly Workflow[];
	/** A version of a workspace's own workflow; null where there is none. */
	ownWorkflow?: (id: string, version: number) => Promise<Workflow | null>;
	/** Keeps what was learned of how long a workflow takes on a server. */
	onTook?: (nodeId: string, workflow: string, took: Took) => void;
	/** Without it no clips are made. */
	takeClip?: TakeClip;
	pollMs?: number;
	/** How often a task is sent anew when servers forget it or fail. */
	tries?: number;
};

type Progress = { value: number; max: number; image?: Uint8Array };
const noClips: TakeClip = () => Promise.reject(new Problem('no-provider', 'Clips are not taken here'));

/** Draws by ComfyUI servers. The id of a prompt is kept before it is sent, so that whoever takes the task over finds it instead of sending another. */
export function createComfyProvider({
	workflows,
	ownWorkflow,
	onTook,
	takeClip = noClips,
	log,
	pollMs = 2000,
	tries = 3,
	...about
}: ComfyOptions): Provider & { pool: ComfyPool; close(): Promise<void> } {
	const pool = createComfyPool({ log, ...about });
	const kinds = generationKinds.filter((kind) => takeClip !== noClips || mediaOf(kind) === 'image');
	const workflowOf = async ({ kind, workflow, workflowVersion }: GenerationRequest): Promise<Workflow> => {
		const ready = workflows.find((one) => (workflow === undefined ? one.kind === kind : one.name === workflow));
		const found =
			ready ??
			(workflow === undefined || workflowVersion === undefined ? null : await ownWorkflow?.(workflow, workflowVersion));
		if (found?.kind !== kind || !kinds.includes(kind))
			throw new Problem('workflow-refused', `There is no workflow “${workflow ?? ''}” for ${kind}`);
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
	/** Follows a prompt that is on a node; what it was told before the node failed it is lost, the picture is not. */
	async function follow(
		node: ComfyNode,
		promptId: string,
		graph: Graph,
		isNew: boolean,
		socket: NodeSocket,
		{ signal, onProgress, attempt, wanted }: ProviderContext & { wanted: 'image' | 'video' },
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
			return await takeOutput(node.client, entry, whole, { wanted, takeClip, signal });
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
		kinds,
		pool,
		close: pool.close,
		nodes: pool.rooms,
		probe: async () => void (await pool.look()),
		forget: async ({ node, promptId }) => pool.find(node)?.client.cancel(promptId),
		async make(request, context) {
			const { signal, attempt } = context;
			signal.throwIfAborted();
			const workflow = await workflowOf(request);
			const wanted = mediaOf(request.kind);
			const pictures = await readPictures(workflow, request, context.readFile);
			const fill = (classes: ObjectInfo, given = pictures) => fillGraph(workflow, request, classes, namesOf(given));
			const failed = new Set<ComfyNode>();
			let last: unknown = null;
			const run = async (
				node: ComfyNode,
				promptId: string,
				given: Given,
				/** Of an earlier attempt: the client id under which it is told of. */
				earlierClientId?: string,
			): Promise<ProviderMedia | null> => {
				const isNew = earlierClientId === undefined;
				const isOwn = isNew || earlierClientId === node.socket.clientId;
				const socket = isOwn ? node.socket : createNodeSocket({ url: node.settings.url, clientId: earlierClientId });
				let how: 'well' | 'fault' | 'other' = 'other';
				try {
					const uploaded = isNew ? await uploadPictures(node.client, pictures) : pictures;
					signal.throwIfAborted();
					const graph = fill(node.classes, uploaded);
					const picture = await follow(node, promptId, graph, isNew, socket, { ...context, wanted });
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
				const picture = await run(before, promptId, given, clientId);
				if (picture !== null) return picture;
			}
			for (let sent = 0; sent < tries; sent++) {
				const { node, given } = await pool.choose({
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
				const picture = await run(node, promptId, given);
				if (picture !== null) return picture;
			}
			throw new Problem('provider-unavailable', 'The ComfyUI did not bring it to an end', { cause: last });
		},
	};
}
