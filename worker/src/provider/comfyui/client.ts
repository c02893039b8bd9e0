import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { limits } from '@reelroom/shared/limits.ts';
import { formatExactJson, parseExactJson } from '@reelroom/shared/provider/exact-json.ts';
import type { Graph } from '@reelroom/shared/provider/graph.ts';
import type { ObjectInfo } from '@reelroom/shared/provider/object-info.ts';
import { createClassLists, type ClassLists } from './class-lists.ts';
import type { FileItem } from './messages.ts';

/** The server did not do as asked: it is away (`status` null), in trouble, or refuses. */
export class ComfyError extends Error {
	readonly status: number | null;
	/** Of a refused prompt: what is wrong, in a line for each fault. */
	readonly faults: readonly string[];
	constructor(message: string, status: number | null, faults: readonly string[] = [], cause?: unknown) {
		super(message, cause === undefined ? undefined : { cause });
		this.name = 'ComfyError';
		this.status = status;
		this.faults = faults;
	}
}

const Stats = z.object({
	system: z.object({ comfyui_version: z.string().nullish() }).catch({}),
	devices: z
		.array(
			z.object({
				name: z.string().catch(''),
				type: z.string().catch(''),
				vram_total: z.number().catch(0),
				vram_free: z.number().catch(0),
			}),
		)
		.catch([]),
});
export type ComfyStats = z.infer<typeof Stats>;
const QueueItem = z.tuple([z.number(), z.string()], z.unknown());
const Queue = z.object({ queue_running: z.array(QueueItem), queue_pending: z.array(QueueItem) });
const Entry = z.object({
	outputs: z.record(z.string(), z.unknown()).catch({}),
	status: z
		.object({ status_str: z.string(), completed: z.boolean().catch(true), messages: z.array(z.unknown()).catch([]) })
		.nullish(),
});
/** How a prompt ended. */
export type ComfyEntry = { outputs: Record<string, unknown>; end: 'success' | 'interrupted' | 'error'; error: string };
const NodeErrors = z.record(
	z.string(),
	z.object({
		class_type: z.string().catch(''),
		errors: z.array(z.object({ message: z.string().catch(''), details: z.string().catch('') })).catch([]),
	}),
);
const Refusal = z.object({
	error: z.object({ message: z.string(), details: z.string().catch('') }),
	node_errors: NodeErrors.catch({}),
});

const faultsOf = (nodeErrors: z.infer<typeof NodeErrors>): string[] =>
	Object.entries(nodeErrors).flatMap(([id, { class_type: type, errors }]) =>
		errors.map(({ message, details }) =>
			`${type} #${id}: ${message}${details === '' ? '' : ` (${details})`}`.slice(0, 300),
		),
	);
/** Of what failed while it ran, only what is no path and no dump of the server. */
function errorOf(messages: readonly unknown[]): string {
	for (const message of messages) {
		const told = z
			.tuple([
				z.literal('execution_error'),
				z.object({ node_type: z.string().catch(''), exception_message: z.string().catch('') }),
			])
			.safeParse(message);
		if (!told.success) continue;
		const [line = ''] = told.data[1].exception_message.trim().split('\n');
		return `${told.data[1].node_type}: ${line.replace(/(?:\/[^\s/'"]+){2,}|[A-Za-z]:\\\S+/g, '…').slice(0, 200)}`;
	}
	return '';
}

/** A cancel that was not heard is said again after these pauses. */
const cancelPausesMs = [100, 500, 2_000];
/** What a server must send of a file while it may keep us waiting for an answer. */
const leastBytes = 16 * 1024;

/** A body to its end; refused, with the connection closed, as soon as it is longer than allowed. */
async function bytesOf(
	{ body }: Response,
	maxBytes: number,
	tell: (size: number) => void = () => {},
): Promise<Uint8Array> {
	const parts: Uint8Array[] = [];
	let size = 0;
	for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
		size += part.byteLength;
		if (size > maxBytes) throw new ComfyError(`An answer has more than ${maxBytes} bytes`, 413);
		parts.push(part);
		tell(part.byteLength);
	}
	return new Uint8Array(Buffer.concat(parts));
}
const textOf = async (response: Response): Promise<string> =>
	new TextDecoder().decode(await bytesOf(response, limits.providerFileBytes));

export type ComfyClient = ReturnType<typeof createComfyClient>;

/** Speaks ComfyUI's protocol with one server; everything else knows our words only. Calls end after `timeoutMs`. */
export function createComfyClient({
	url,
	timeoutMs = 15_000,
	classLists = createClassLists(),
}: {
	url: string;
	timeoutMs?: number;
	/** Where lists of node classes are kept that several servers share. */
	classLists?: ClassLists;
}) {
	const base = url.replace(/\/+$/, '');
	const call = async (
		path: string,
		init: RequestInit = {},
		limit: AbortSignal = AbortSignal.timeout(timeoutMs),
	): Promise<Response> => {
		const signal = init.signal == null ? limit : AbortSignal.any([limit, init.signal]);
		try {
			return await fetch(base + path, { redirect: 'error', ...init, signal });
		} catch (error) {
			init.signal?.throwIfAborted();
			throw new ComfyError(`${path.split('?')[0]} did not answer`, null, [], error);
		}
	};
	const read = async (path: string, parse: (text: string) => unknown = parseExactJson): Promise<unknown> => {
		const response = await call(path);
		try {
			const text = await textOf(response);
			if (response.ok) return parse(text);
		} catch (error) {
			if (error instanceof ComfyError) throw error;
			throw new ComfyError(`${path} was not answered to the end`, null, [], error);
		}
		throw new ComfyError(`${path} answered ${response.status}`, response.status);
	};
	const parse = <T>(schema: z.ZodType<T>, answer: unknown, what: string): T => {
		const parsed = schema.safeParse(answer);
		if (parsed.success) return parsed.data;
		throw new ComfyError(`${what} was not understood`, null, [], parsed.error);
	};
	const post = (path: string, body: unknown) =>
		call(path, { method: 'POST', body: formatExactJson(body), headers: { 'Content-Type': 'application/json' } });
	const tell = async (path: string, body: unknown): Promise<void> => {
		const response = await post(path, body);
		await response.body?.cancel();
		if (!response.ok) throw new ComfyError(`${path} answered ${response.status}`, response.status);
	};
	return {
		url: base,
		stats: async (): Promise<ComfyStats> => parse(Stats, await read('/system_stats'), 'What the server says of itself'),
		/** The node classes it has; the same object as long as it tells the same. */
		classes: async (): Promise<ObjectInfo> => (await read('/object_info', classLists.read)) as ObjectInfo,
		async queue(): Promise<{ running: string[]; pending: string[] }> {
			const { queue_running: running, queue_pending: pending } = parse(Queue, await read('/queue'), 'The queue');
			return { running: running.map(([, id]) => id), pending: pending.map(([, id]) => id) };
		},
		/** How a prompt ended; null while it waits or runs, and for one that is not known. */
		async history(promptId: string): Promise<ComfyEntry | null> {
			const answer = parse(
				z.record(z.string(), z.unknown()),
				await read(`/history/${encodeURIComponent(promptId)}`),
				'The history',
			);
			if (!Object.hasOwn(answer, promptId)) return null;
			const { outputs, status } = parse(Entry, answer[promptId], 'The history');
			const told = status?.messages ?? [];
			const isInterrupted = told.some((message) => Array.isArray(message) && message[0] === 'execution_interrupted');
			const end = status?.status_str === 'error' ? (isInterrupted ? 'interrupted' : 'error') : 'success';
			return { outputs, end, error: errorOf(told) };
		},
		/** Queues a graph under an id of ours; answers what the server leaves out of it. A refused graph is a `ComfyError` with status 400 and its faults. */
		async submit(graph: Graph, promptId: string, clientId: string): Promise<readonly string[]> {
			const response = await post('/prompt', { prompt: graph, prompt_id: promptId, client_id: clientId });
			let answer: unknown = null;
			try {
				const text = await textOf(response);
				if (response.status === 200 || response.status === 400) answer = parseExactJson(text);
			} catch (error) {
				if (error instanceof ComfyError) throw error;
				throw new ComfyError('The answer to a prompt was lost', null, [], error);
			}
			if (response.status === 200)
				return faultsOf(
					z
						.object({ node_errors: NodeErrors.catch({}) })
						.catch({ node_errors: {} })
						.parse(answer).node_errors,
				);
			const refusal = Refusal.safeParse(answer);
			if (response.status !== 400 || !refusal.success)
				throw new ComfyError(`The prompt was answered with ${response.status}`, response.status);
			const { error, node_errors: nodeErrors } = refusal.data;
			const faults = faultsOf(nodeErrors);
			const whole = `${error.message}${error.details === '' ? '' : ` (${error.details})`}`;
			throw new ComfyError(whole, 400, faults.length > 0 ? faults : [whole]);
		},
		/** Takes a prompt out of the queue and interrupts it if it runs; no other is touched. Said again when the server does not hear it at once: else it would go on for nobody. */
		async cancel(promptId: string): Promise<void> {
			// An empty id would interrupt whatever runs, whoever owns it.
			if (promptId === '') throw new TypeError('A prompt is cancelled by its id');
			for (const pauseMs of [...cancelPausesMs, null])
				try {
					// In this order: it may begin to run between the two, and is not put back.
					await tell('/queue', { delete: [promptId] });
					await tell('/interrupt', { prompt_id: promptId });
					return;
				} catch (error) {
					if (pauseMs === null) throw error;
					await wait(pauseMs);
				}
		},
		/** Uploads a picture; answers the value by which a graph names it. The same bytes under the same name are one file, which nobody writes while another reads it. */
		async upload(bytes: Uint8Array, name: string): Promise<string> {
			const form = new FormData();
			form.set('image', new Blob([new Uint8Array(bytes)]), name);
			const response = await call('/upload/image', { method: 'POST', body: form });
			if (!response.ok) throw new ComfyError(`The picture was answered with ${response.status}`, response.status);
			const answer = await textOf(response)
				.then(parseExactJson)
				.catch((error: unknown) => {
					throw new ComfyError('The answer to a picture was lost', null, [], error);
				});
			const given = parse(
				z.object({ name: z.string(), subfolder: z.string().catch('') }),
				answer,
				'The answer to a picture',
			);
			return given.subfolder === '' ? given.name : `${given.subfolder}/${given.name}`;
		},
		/** The bytes of a file that a prompt made, however long they take; given up as soon as they are more than allowed, or come too slowly to come at all. */
		async view(
			{ filename, subfolder, type }: FileItem,
			{ maxBytes, signal }: { maxBytes: number; signal: AbortSignal },
		): Promise<Uint8Array> {
			const slow = new AbortController();
			let fresh = 0;
			const clock = setInterval(() => {
				if (fresh < leastBytes) slow.abort();
				fresh = 0;
			}, timeoutMs);
			const address = `/view?${new URLSearchParams({ filename, subfolder, type }).toString()}`;
			try {
				const response = await call(address, { signal }, slow.signal);
				if (!response.ok) throw new ComfyError(`A file was answered with ${response.status}`, response.status);
				return await bytesOf(response, maxBytes, (size) => (fresh += size));
			} catch (error) {
				signal.throwIfAborted();
				throw error instanceof ComfyError ? error : new ComfyError('A file was cut off', null, [], error);
			} finally {
				clearInterval(clock);
			}
		},
	};
}
