import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { formatExactJson, parseExactJson } from '../../src/provider/exact-json.ts';
import { execute, type Cache, type Item } from './execute.ts';
import { everyModel, nodesWith, type ModelFiles } from './nodes.ts';
import { aRecordedFile } from './pictures.ts';
import { createPromptHeap, NotComparable } from './prompt-heap.ts';
import { readRecording, type Json, type JsonObject } from './recordings.ts';
import { createSaver } from './saver.ts';
import { createSockets, previewFrame, textFrame } from './sockets.ts';
import { inputFile, upload, view, type Reply, type StoredFiles } from './uploads.ts';
import { validate } from './validate.ts';

export type ComfyOptions = {
	models?: ModelFiles;
	/** Whether samplers send previews, as `--preview-method` switches it on. */
	previews?: boolean;
	/** How long is waited before each message of an execution. */
	paceMs?: number;
	/** Where the counter of prompts begins. */
	number?: number;
	port?: number;
	/** What nodes write that save a file of a kind, instead of what was recorded. */
	written?: Readonly<Record<string, Buffer>>;
	/** Of an earlier life: what its cache holds when a prompt begins… */
	cachedBefore?: (item: Item) => readonly string[];
	/** …and how many files there are of a prefix, of temporary ones by `node/class`. */
	filesBefore?: (prefix: string) => number;
	/** Awaited before each message of an execution, for tests that go step by step. */
	gate?: () => Promise<void>;
	/** Told of every frame of a sampler as it is sent. */
	previewed?: () => void;
	/** Told when it begins and has ended an execution. */
	worked?: (isBusy: boolean) => void;
};
export type FakeComfy = Awaited<ReturnType<typeof aComfyServer>>;

const features: JsonObject = { supports_preview_metadata: true, max_upload_size: 104_857_600 };
const json = (body: unknown, status = 200): Reply => ({
	status,
	headers: { 'Content-Type': 'application/json; charset=utf-8' },
	body: formatExactJson(body, true),
});
const trouble: Reply = {
	status: 500,
	headers: { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' },
	body: '500 Internal Server Error\n\nServer got itself in trouble',
};
const isObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const stats = () => structuredClone(readRecording('01_discovery').events[1]?.http_response?.json ?? {}) as JsonObject;

/** Starts a ComfyUI on a free port of this machine that answers and tells what a real one was recorded to, draws plain pictures, and goes wrong when it is told to. */
export async function aComfyServer(options: ComfyOptions = {}) {
	const models = options.models ?? everyModel;
	const nodes = nodesWith(models);
	const files: StoredFiles = new Map();
	const queue = createPromptHeap<Item>();
	let running: Item | null = null;
	let history = new Map<string, JsonObject>();
	let counter = options.number ?? 0;
	let cache: Cache = new Map();
	let interrupted = false;
	let lastNode: string | null = null;
	let life = 0;
	const saver = createSaver(files, options.filesBefore);
	let isFreed = false;
	let isDead = false;
	const received: { id: string; graph: JsonObject }[] = [];
	const told = new Map<string, number>();
	const ended = new Map<string, number>();
	const faults = { hung: false, silent: false, repeating: false, losingAnswers: 0, failing: false, lagMs: 0 };
	let thaw: (() => void) | null = null;

	const remaining = () => queue.length + (running === null ? 0 : 1);
	const sockets = createSockets(features, (clientId) => ({
		remaining: remaining(),
		node: running !== null && running.clientId === clientId ? lastNode : null,
	}));
	const status = (waiting = queue.length) =>
		sockets.everybody('status', { status: { exec_info: { queue_remaining: waiting + (running === null ? 0 : 1) } } });
	const gate = async (born: number): Promise<void> => {
		await options.gate?.();
		await (options.paceMs === undefined ? Promise.resolve() : wait(options.paceMs));
		if (faults.hung) await new Promise<void>((resolve) => (thaw = resolve));
		if (born !== life) throw new Error('This server has been started anew');
	};
	async function runOne(item: Item): Promise<void> {
		const born = life;
		running = item;
		interrupted = false;
		saver.keepOnly(item.graph);
		for (const key of options.cachedBefore?.(item) ?? []) if (!cache.has(key)) cache.set(key, null);
		const silent = faults.silent;
		faults.silent = false;
		const tell = (type: string, data: JsonObject, all = false) => {
			if (type === 'executing') lastNode = data['node'] === null ? null : String(data['node']);
			if (silent) return;
			if (item.clientId !== undefined) sockets.to(item.clientId, type, data);
			else if (all) sockets.everybody(type, data);
		};
		await gate(born);
		status();
		const ending = await execute(
			{
				nodes,
				cache,
				now: () => Date.now(),
				gate: () => gate(born),
				isInterrupted: () => interrupted,
				tell: (type, data, all) => {
					tell(type, data, all);
					if (faults.repeating && ['executed', 'execution_success'].includes(type)) tell(type, data, all);
				},
				preview:
					options.previews === false
						? null
						: (kind, image, metadata) => {
								const withMetadata = sockets.wantsMetadata(item.clientId) ? metadata : undefined;
								if (silent) return;
								options.previewed?.();
								sockets.bytes(item.clientId, previewFrame(kind, image, withMetadata));
							},
				wantsMetadata: () => sockets.wantsMetadata(item.clientId),
				text: (nodeId, text) => sockets.bytes(undefined, textFrame(nodeId, text)),
				save: saver.save,
				readInput: (name) => inputFile(files, name),
				written: (ending) => options.written?.[ending] ?? aRecordedFile(ending),
			},
			item,
		);
		if (faults.lagMs > 0) await wait(faults.lagMs);
		await gate(born);
		running = null;
		ended.set(item.id, Date.now());
		history.set(item.id, {
			prompt: queueItem(item),
			outputs: ending.outputs,
			status: { status_str: ending.ok ? 'success' : 'error', completed: ending.ok, messages: ending.messages },
			meta: ending.meta,
		});
		status();
		await gate(born);
		tell('executing', { node: null, prompt_id: item.id });
		if (faults.repeating) tell('executing', { node: null, prompt_id: item.id });
	}
	const queueItem = ({ number, id, graph, extraData, outputs }: Item): Json => [number, id, graph, extraData, outputs];
	let atWork: Promise<void> = Promise.resolve();
	const work = () => {
		const born = life;
		atWork = atWork.then(async () => {
			if (born !== life || isDead) return;
			let next: Item | undefined;
			try {
				next = queue.pop();
			} catch (error) {
				// The worker ends for good; calls go on being answered.
				if (!(error instanceof NotComparable)) throw error;
				isDead = true;
			}
			if (next === undefined) return;
			options.worked?.(true);
			await runOne(next).catch(() => {});
			options.worked?.(false);
			if (isFreed) cache = new Map();
			isFreed = false;
		});
	};

	function submit(text: string): Reply {
		let body: Json;
		try {
			body = parseExactJson(text);
		} catch {
			return trouble;
		}
		const { number: wished, prompt, prompt_id: chosen, client_id, front, extra_data } = isObject(body) ? body : {};
		if (wished !== undefined && typeof wished !== 'number') return trouble;
		const place = wished ?? (front === true ? -counter : counter);
		if (wished === undefined) counter++;
		if (prompt === undefined) {
			const about = { type: 'no_prompt', message: 'No prompt provided', details: 'No prompt provided', extra_info: {} };
			return json({ error: about, node_errors: {} }, 400);
		}
		if (!isObject(prompt)) return trouble;
		const targets = isObject(body) ? body['partial_execution_targets'] : undefined;
		const verdict = validate(
			prompt,
			nodes,
			(name) => inputFile(files, name) !== null,
			Array.isArray(targets) ? targets.map(String) : undefined,
		);
		if (!verdict.ok) return json({ error: verdict.error, node_errors: verdict.nodeErrors }, 400);
		const id = typeof chosen === 'string' ? chosen : randomUUID();
		received.push({ id, graph: prompt });
		const clientId = typeof client_id === 'string' ? client_id : undefined;
		const item: Item = {
			number: place,
			id,
			graph: verdict.graph,
			extraData: {
				...(isObject(extra_data) ? extra_data : {}),
				...(clientId === undefined ? {} : { client_id: clientId }),
			},
			outputs: verdict.outputs,
			clientId,
		};
		try {
			queue.push(item);
		} catch (error) {
			if (!(error instanceof NotComparable)) throw error;
			// It is in the queue all the same, though nobody is told.
			work();
			return trouble;
		}
		status();
		work();
		return json({ prompt_id: id, number: place, node_errors: verdict.nodeErrors });
	}
	const bodyOf = (text: string): JsonObject => {
		try {
			const body = JSON.parse(text) as unknown;
			return isObject(body) ? body : {};
		} catch {
			return {};
		}
	};
	const heard = (id: unknown) => {
		if (typeof id === 'string' && !told.has(id)) told.set(id, Date.now());
	};
	const listed = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);
	function change(path: string, text: string): Reply {
		const body = bodyOf(text);
		if (path === '/interrupt') {
			if (text.startsWith('[')) return trouble;
			const { prompt_id: id } = body;
			heard(id);
			if (typeof id !== 'string' || id === '' || running?.id === id) interrupted = running !== null;
		} else if (path === '/queue') {
			if (text === '') return trouble;
			if (body['clear'] === true) {
				queue.clear();
				status();
			}
			for (const id of listed(body['delete'])) {
				heard(id);
				const found = queue.items().find((item) => item.id === id);
				if (found === undefined) continue;
				// The last one is taken out by emptying the queue, which is told by itself.
				if (queue.length === 1) status(0);
				queue.remove(found);
				status();
			}
		} else if (path === '/history') {
			if (body['clear'] === true) history.clear();
			for (const id of listed(body['delete'])) history.delete(id);
		} else if (path === '/free') {
			if (text === '') return trouble;
			if (body['free_memory'] === true) {
				if (running === null) cache = new Map();
				else isFreed = true;
			}
		}
		return { status: 200 };
	}
	const folders = [...new Set([...Object.keys(models), 'checkpoints', 'loras', 'vae', 'controlnet'])];
	function read(path: string, query: URLSearchParams, range: string | undefined): Reply {
		const [, room = '', name] = path.split('/').map(decodeURIComponent);
		if (path === '/prompt') return json({ exec_info: { queue_remaining: remaining() } });
		if (path === '/queue')
			return json({
				queue_running: running === null ? [] : [queueItem(running)],
				queue_pending: queue.items().map(queueItem),
			});
		if (path === '/features') return json(features);
		if (path === '/system_stats') return json(stats());
		if (path === '/ws')
			return {
				status: 400,
				headers: { 'Content-Type': 'text/plain; charset=utf-8' },
				body: 'No WebSocket UPGRADE hdr: None\n Can "Upgrade" only to "WebSocket".',
			};
		if (path === '/embeddings' || path === '/extensions') return json([]);
		if (path === '/view') return view(files, query, range);
		if (room === 'history' && name !== undefined) {
			const entry = history.get(name);
			return json(entry === undefined ? {} : { [name]: entry });
		}
		if (room === 'history') {
			const all = [...history].slice(Number(query.get('offset') ?? 0));
			const most = query.get('max_items');
			if (most !== null && !/^-?\d+$/.test(most)) return trouble;
			return json(Object.fromEntries(most === null ? all : all.slice(-Number(most))));
		}
		if (room === 'object_info' && name !== undefined)
			return json(nodes[name] === undefined ? {} : { [name]: nodes[name] });
		if (room === 'object_info') return json(nodes);
		if (room === 'models' && name === undefined) return json(folders);
		if (room === 'models') return folders.includes(name ?? '') ? json(models[name ?? ''] ?? []) : { status: 404 };
		return { status: 404 };
	}
	async function answer(request: IncomingMessage, body: Buffer): Promise<Reply> {
		const url = new URL(request.url ?? '/', 'http://localhost');
		const path = url.pathname.replace(/^\/api(?=\/)/, '');
		const { origin, host, range } = request.headers;
		if (origin !== undefined && origin !== `http://${host}`) return { status: 403 };
		if (faults.failing) return trouble;
		if (request.method === 'OPTIONS') return { status: 200 };
		if (request.method === 'GET' || request.method === 'HEAD') return read(path, url.searchParams, range);
		if (request.method !== 'POST')
			return { status: 405, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: '405: Method Not Allowed' };
		if (path === '/prompt') return submit(body.toString());
		if (path === '/upload/image' || path === '/upload/mask')
			return upload(files, request, body, path === '/upload/mask');
		if (['/interrupt', '/queue', '/history', '/free'].includes(path)) return change(path, body.toString());
		return { status: 404 };
	}
	const server = createServer((request: IncomingMessage, response: ServerResponse) => {
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => {
			void answer(request, Buffer.concat(parts)).then((reply) => {
				if (faults.losingAnswers > 0 && request.method === 'POST' && request.url?.endsWith('/prompt')) {
					faults.losingAnswers--;
					return void request.socket.destroy();
				}
				response.writeHead(reply.status, { 'Content-Length': Buffer.byteLength(reply.body ?? ''), ...reply.headers });
				response.end(request.method === 'HEAD' ? undefined : reply.body);
			});
		});
	});
	server.on('upgrade', (request, socket, head) => {
		const url = new URL(request.url ?? '/', 'http://localhost');
		if (faults.failing || !/^(\/api)?\/ws$/.test(url.pathname)) return void socket.destroy();
		sockets.upgrade(request, socket, head, url.searchParams.get('clientId') ?? '');
	});
	await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const forget = () => {
		life++;
		queue.clear();
		isDead = isFreed = false;
		running = null;
		history = new Map();
		cache = new Map();
		saver.forget();
		lastNode = null;
		faults.hung = false;
		thaw?.();
		atWork = Promise.resolve();
		for (const path of files.keys()) if (path.startsWith('temp/')) files.delete(path);
	};
	return {
		url: `http://127.0.0.1:${port}`,
		port,
		/** Every prompt that was accepted, in the order it came. */
		received,
		/** When each prompt that was to be cancelled was first told so, in ms of the machine's clock. */
		told,
		/** When each prompt that ran came to its end, in ms of the machine's clock. */
		ended,
		nodes,
		models,
		files,
		running: () => running?.id ?? null,
		/** The node that runs, as it was told last. */
		node: () => (running === null ? null : lastNode),
		waiting: () => queue.items().map(({ id }) => id),
		sockets: () => sockets.count(),
		/** Cuts every socket; the prompt goes on. */
		dropSockets: () => sockets.drop(),
		/** The execution stands still until `thaw`. */
		hang: () => void (faults.hung = true),
		thaw: () => {
			faults.hung = false;
			thaw?.();
		},
		/** The next prompt is done without a word to anybody. */
		finishSilently: () => void (faults.silent = true),
		/** Results and ends are told twice. */
		repeat: () => void (faults.repeating = true),
		/** The connection is cut after the next prompts were taken, before they are answered. */
		loseAnswers: (count = 1) => void (faults.losingAnswers = count),
		/** Every call ends in an internal error until it is switched off. */
		fail: (on = true) => void (faults.failing = on),
		/** Entries of the history come this late. */
		lagHistory: (ms: number) => void (faults.lagMs = ms),
		forgetHistory: () => history.clear(),
		/** As a restart: queue, history, cache and previews are gone, every socket is cut. */
		restart() {
			forget();
			sockets.drop();
		},
		async close() {
			forget();
			sockets.close();
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}
