import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { formatExactJson, parseExactJson } from '../../src/provider/exact-json.ts';
import { signature } from './execute.ts';
import { readRecording, type Json, type RecordedEvent } from './recordings.ts';
import { aComfyServer, type FakeComfy } from './server.ts';

/** One thing where the server of ours does other than the recorded one. */
export type Difference = { at: string; recorded: Json; ours: Json };

const dropped = new Set([
	'tooltip',
	'traceback',
	'exception_type',
	'exception_message',
	'current_inputs',
	'current_outputs',
	// Told in the words of Python, and chosen at random.
	'details',
	'sid',
]);
const unordered = new Set(['errors', 'executed', 'nodes', 'queue_pending']);

/** What may differ between two runs is made equal: ids that the server chose, times, random names, the order of what has none. */
function plain(value: Json, ids: ReadonlyMap<string, string>, key = ''): Json {
	if (key === 'timestamp') return 0;
	if (typeof value === 'string')
		return (ids.get(value) ?? value)
			.replace(/ComfyUI_temp_\w+?_(?=\d{5})/, 'ComfyUI_temp_')
			.replace(/<path>|\/\S+/g, 'path');
	if (Array.isArray(value)) {
		const items = value.map((item) => plain(item, ids));
		return unordered.has(key) ? items.sort((a, b) => (formatExactJson(a) < formatExactJson(b) ? -1 : 1)) : items;
	}
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([name]) => !dropped.has(name))
			.map(([name, item]) => [ids.get(name) ?? name, plain(item, ids, name)])
			.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
	) as Json;
}
/** A binary frame without its picture, which no two machines draw alike. */
function frameHead(bytes: Buffer): Json {
	const kind = bytes.readUInt32BE(0);
	if (kind === 1) return { kind, image: bytes.readUInt32BE(4), magic: bytes.subarray(8, 10).toString('hex') };
	const length = bytes.readUInt32BE(4);
	const head = bytes.subarray(8, 8 + length).toString();
	if (kind === 3) return { kind, node: head, text: bytes.subarray(8 + length).toString() };
	return { kind, metadata: JSON.parse(head) as Json, magic: bytes.subarray(8 + length, 10 + length).toString('hex') };
}
const firstNumber = (events: readonly RecordedEvent[]): number => {
	const answers = events.map(({ http_response: answer }) => answer?.json as { number?: number } | undefined);
	const at = answers.findIndex((answer) => typeof answer?.number === 'number');
	const refused = events
		.slice(0, at)
		.filter(({ http_request: asked }) => asked?.method === 'POST' && asked.path.endsWith('/prompt')).length;
	return at < 0 ? 0 : (answers[at]?.number ?? 0) - Math.max(0, refused - 1);
};

/** What was done to the recorded server by hand, before an event. */
const byHand: Readonly<Record<string, Readonly<Record<number, (server: FakeComfy) => void>>>> = {
	'04c_cached_file_gone': { 18: ({ files }) => void files.delete('output/vanished_00001_.png') },
};
const shownFile = /ComfyUI_temp_\w+?_(\d{5})_\.\w+/g;
/** What an earlier scene left on the recorded server: results in its cache, and temporary files that nodes had shown. */
function leftBefore(events: readonly RecordedEvent[]) {
	const told = events.flatMap(({ text }) => (text === undefined ? [] : [text]));
	const cached = told.find(({ type }) => type === 'execution_cached')?.data['nodes'];
	const shown = new Map<string, number>();
	for (const { type, data } of told) {
		const [name, counter] = type === 'executed' ? (/ComfyUI_temp_\w+?_(\d{5})/.exec(formatExactJson(data)) ?? []) : [];
		const node = String(data['node']);
		if (name !== undefined && !shown.has(node)) shown.set(node, Number(counter) - 1);
	}
	let isFirst = true;
	return {
		cachedBefore: ({ graph }: { graph: Parameters<typeof signature>[0] }): string[] => {
			const nodes = isFirst && Array.isArray(cached) ? cached.map(String) : [];
			isFirst = false;
			return nodes.map((id) => signature(graph, id));
		},
		shownBefore: (node: string): number => shown.get(node.split('/')[0] ?? '') ?? 0,
	};
}
/** The head of an answer to raw bytes: its first line and its headers, but for those that differ with each. */
function headOf(answer: string): Json {
	const [line = '', ...headers] = (answer.split('\r\n\r\n')[0] ?? '').split('\r\n');
	const named = headers.map((header) => header.toLowerCase()).filter((header) => !/^(date|server):/.test(header));
	return { line, headers: named.sort() };
}
async function sendRaw(port: number, request: string): Promise<string> {
	const socket = connect(port, '127.0.0.1');
	socket.write(request.replace(/Host: [^\r]+/, `Host: 127.0.0.1:${port}`));
	let answer = '';
	for await (const bytes of socket as AsyncIterable<Buffer>) {
		answer += bytes.toString('latin1');
		if (answer.includes('\r\n\r\n')) break;
	}
	socket.destroy();
	return answer;
}

/** Does to our server what was done to the recorded one, step by step, and answers where the two differ. */
export async function replay(scene: string): Promise<Difference[]> {
	const { events } = readRecording(scene);
	let held: (() => void) | null = null;
	let wake: () => void = () => {};
	const server = await aComfyServer({
		number: firstNumber(events),
		models: {},
		...leftBefore(events),
		gate: () =>
			new Promise<void>((resolve) => {
				held = resolve;
				wake();
			}),
	});
	const sockets = new Map<string, { socket: WebSocket; frames: Json[] }>();
	const ids = new Map<string, string>();
	/** Ids that the recorded server chose, and those that ours chose for the same prompts. */
	const twins = new Map<string, string>();
	const toOurs = (text: string) => [...twins].reduce((said, [theirs, own]) => said.replaceAll(theirs, own), text);
	const differences: Difference[] = [];
	const compare = (at: string, recorded: Json, ours: Json) => {
		const [a, b] = [plain(recorded, ids), plain(ours, ids)];
		if (formatExactJson(a) !== formatExactJson(b)) differences.push({ at, recorded: a, ours: b });
	};
	const arrived = async (frames: readonly Json[], withinMs: number): Promise<void> => {
		const until = Date.now() + withinMs;
		while (frames.length === 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 2));
	};
	const nextFrame = async (name: string, isStatus: boolean): Promise<Json> => {
		const frames = sockets.get(name)?.frames ?? [];
		// A busy machine draws a large picture slowly.
		const until = Date.now() + 10_000;
		// How long the queue is is told when somebody changes it, too: the execution is not to go on because of that.
		if (isStatus) await arrived(frames, 30);
		while (frames.length === 0 && Date.now() < until) {
			const woken = new Promise<void>((resolve) => (wake = resolve));
			const release = held as (() => void) | null;
			held = null;
			release?.();
			await Promise.race([woken, new Promise<void>((resolve) => setTimeout(resolve, 5))]);
		}
		return frames.shift() ?? null;
	};
	async function ask(asked: NonNullable<RecordedEvent['http_request']>) {
		const { method, path, headers = {}, json, body_text: text, form } = asked;
		const body = new FormData();
		for (const { name, filename, content_type: type, base64, value } of form ?? [])
			if (base64 === undefined) body.set(name, value ?? '');
			else body.set(name, new Blob([Buffer.from(base64, 'base64')], { type: type ?? '' }), filename);
		const { Origin: origin, ...rest } = headers;
		const response = await fetch(server.url + toOurs(path), {
			method,
			headers: {
				...rest,
				...(origin === undefined ? {} : { origin: origin.replace(/^http:\/\/127.0.0.1:\d+$/, server.url) }),
			},
			...(form !== undefined
				? { body }
				: json !== undefined
					? { body: toOurs(formatExactJson(json)) }
					: text !== undefined && method !== 'GET'
						? { body: text }
						: {}),
		});
		return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
	}
	try {
		for (const [index, event] of events.entries()) {
			const at = `${scene} event ${index}`;
			const name = event.ws ?? '';
			byHand[scene]?.[index]?.(server);
			if (event.opened !== undefined) {
				const socket = new WebSocket(server.url.replace('http', 'ws') + event.opened);
				const frames: Json[] = [];
				socket.on('message', (bytes: Buffer, isBinary) => {
					frames.push(isBinary ? frameHead(bytes) : (JSON.parse(String(bytes)) as Json));
					wake();
				});
				await once(socket, 'open');
				sockets.set(name, { socket, frames });
				await arrived(frames, 500);
			} else if (event.closing !== undefined) {
				const socket = sockets.get(name)?.socket;
				socket?.close();
				if (socket !== undefined) await once(socket, 'close');
			} else if (event.sent_text !== undefined) sockets.get(name)?.socket.send(event.sent_text);
			else if (event.pong !== undefined) {
				const socket = sockets.get(name)?.socket;
				socket?.ping(Buffer.from(event.pong, 'base64'));
				const [answered] = socket === undefined ? [] : ((await once(socket, 'pong')) as Buffer[]);
				compare(at, event.pong, answered?.toString('base64') ?? null);
			} else if (event.raw_request !== undefined)
				compare(at, headOf(event.raw_response ?? ''), headOf(await sendRaw(server.port, event.raw_request)));
			else if (event.text !== undefined) {
				const ours = await nextFrame(name, event.text.type === 'status');
				const [theirNames, ourNames] = [event.text as unknown as Json, ours].map(
					(frame) => formatExactJson(frame).match(shownFile) ?? [],
				);
				theirNames?.forEach((theirs, place) => ourNames?.[place] !== undefined && twins.set(theirs, ourNames[place]));
				compare(at, event.text as unknown as Json, ours);
			} else if (event.base64 !== undefined && event.ws !== undefined)
				compare(at, frameHead(Buffer.from(event.base64, 'base64')), await nextFrame(name, false));
			else if (event.http_request !== undefined) {
				const ours = await ask(event.http_request);
				const recorded = events.slice(index).find(({ http_response: answer }) => answer !== undefined)?.http_response;
				if (recorded === undefined) continue;
				compare(`${at} status`, recorded.status, ours.status);
				if (recorded.json === undefined || ours.type?.includes('json') !== true) continue;
				const answer = parseExactJson(ours.text);
				const idOf = (from: Json) => (from as { prompt_id?: string } | null)?.prompt_id;
				const [theirs, own] = [idOf(recorded.json), idOf(answer)];
				if (theirs !== undefined && own !== undefined && theirs !== own) {
					twins.set(theirs, own);
					ids.set(theirs, `prompt ${twins.size}`).set(own, `prompt ${twins.size}`);
				}
				if (!event.http_request.path.includes('system_stats') && !/object_info|models$/.test(event.http_request.path))
					compare(at, recorded.json, answer);
			}
		}
		return differences;
	} finally {
		for (const { socket } of sockets.values()) socket.terminate();
		await server.close();
		(held as (() => void) | null)?.();
	}
}
