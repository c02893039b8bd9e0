import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { formatExactJson, parseExactJson } from '../../src/provider/exact-json.ts';
import { leftBefore } from './left-before.ts';
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
		// Which of several output nodes goes first is not fixed.
		const [number, id, graph, extra, outputs] = value;
		if (value.length === 5 && typeof number === 'number' && Array.isArray(outputs) && key !== 'outputs')
			return [
				number,
				plain(id ?? null, ids),
				plain(graph ?? null, ids),
				plain(extra ?? null, ids),
				outputs.map(String).sort(),
			];
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
/** The node that ran when this had been told. */
function nodeThatRuns(events: readonly RecordedEvent[]): string | undefined {
	const last = events.findLast(({ text }) => text?.type === 'progress_state')?.text?.data['nodes'];
	const states = Object.entries((last ?? {}) as Record<string, { state: string }>);
	return states.find(([, { state }]) => state === 'running')?.[0];
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
	/** Everything that the server has sent to this socket has arrived. */
	const settled = async (socket: WebSocket | undefined): Promise<void> => {
		if (socket?.readyState !== WebSocket.OPEN) return;
		const answered = once(socket, 'pong');
		socket.ping();
		await answered;
	};
	/** The execution stands before its next message, or is at its end. */
	const atGate = async (): Promise<void> => {
		const until = Date.now() + 10_000;
		while (held === null && server.running() !== null && Date.now() < until)
			await Promise.race([
				new Promise<void>((resolve) => (wake = resolve)),
				new Promise((resolve) => setTimeout(resolve, 5)),
			]);
	};
	/** Lets the execution go on to its next message; false when it does not stand. */
	const goOn = async (): Promise<boolean> => {
		await atGate();
		const release = held as (() => void) | null;
		held = null;
		release?.();
		await new Promise((resolve) => setImmediate(resolve));
		await atGate();
		return release !== null;
	};
	/** The next frame of a socket: what is there already, else the execution goes on by one message after the other until there is one. */
	const nextFrame = async (name: string): Promise<Json> => {
		const { socket, frames = [] } = sockets.get(name) ?? {};
		await settled(socket);
		// A busy machine draws a large picture slowly; an execution that has ended tells nothing any more.
		for (let idle = 0; frames.length === 0 && idle < 20;) {
			if (!(await goOn())) {
				idle++;
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
			await settled(socket);
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
	type Pending = {
		at: string;
		asked: NonNullable<RecordedEvent['http_request']>;
		recorded: NonNullable<RecordedEvent['http_response']>;
	};
	let pending: Pending | null = null;
	/** Asks what was asked while the recorded server was at work; what it tells meanwhile says when it got to it. */
	async function answerPending(): Promise<void> {
		if (pending === null) return;
		const { at, asked, recorded } = pending;
		pending = null;
		const ours = await ask(asked);
		compare(`${at} status`, recorded.status, ours.status);
		if (recorded.json === undefined || ours.type?.includes('json') !== true) return;
		const answer = parseExactJson(ours.text);
		const idOf = (from: Json) => (from as { prompt_id?: string } | null)?.prompt_id;
		const [theirs, own] = [idOf(recorded.json), idOf(answer)];
		if (theirs !== undefined && own !== undefined && theirs !== own) {
			twins.set(theirs, own);
			ids.set(theirs, `prompt ${twins.size}`).set(own, `prompt ${twins.size}`);
		}
		if (!asked.path.includes('system_stats') && !/object_info|models$/.test(asked.path))
			compare(at, recorded.json, answer);
	}
	/** Whether a queue of this length is the work of what was asked and not of the execution. */
	const isOfPending = (remaining: number): boolean => {
		const path = (pending as Pending | null)?.asked.path ?? '';
		const now = server.waiting().length + (server.running() === null ? 0 : 1);
		return path.endsWith('/prompt') ? remaining > now : path.endsWith('/queue') ? remaining < now : false;
	};
	try {
		for (const [index, event] of events.entries()) {
			const at = `${scene} event ${index}`;
			const name = event.ws ?? '';
			byHand[scene]?.[index]?.(server);
			if (event.opened !== undefined) {
				// Who comes back is told which node runs by then.
				const { type, data } = events[index + 2]?.text ?? {};
				if (type === 'executing' && data?.['prompt_id'] === undefined)
					for (let step = 0; server.node() !== data?.['node'] && step < 200; step++) await goOn();
				const socket = new WebSocket(server.url.replace('http', 'ws') + event.opened);
				const frames: Json[] = [];
				socket.on('message', (bytes: Buffer, isBinary) => {
					frames.push(isBinary ? frameHead(bytes) : (JSON.parse(String(bytes)) as Json));
				});
				await once(socket, 'open');
				sockets.set(name, { socket, frames });
				await settled(socket);
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
				const { exec_info: queue } = (event.text.data['status'] ?? {}) as { exec_info?: { queue_remaining: number } };
				if (queue !== undefined && isOfPending(queue.queue_remaining)) await answerPending();
				const ours = await nextFrame(name);
				// A client id that the server chose.
				const [theirs, own] = [event.text.data['sid'], (ours as { data?: { sid?: string } } | null)?.data?.sid];
				if (typeof theirs === 'string' && own !== undefined && theirs !== own) twins.set(theirs, own);
				const [theirNames, ourNames] = [event.text as unknown as Json, ours].map(
					(frame) => formatExactJson(frame).match(shownFile) ?? [],
				);
				theirNames?.forEach((name, place) => ourNames?.[place] !== undefined && twins.set(name, ourNames[place]));
				compare(at, event.text as unknown as Json, ours);
			} else if (event.base64 !== undefined && event.ws !== undefined)
				compare(at, frameHead(Buffer.from(event.base64, 'base64')), await nextFrame(name));
			else if (event.http_request !== undefined) {
				const recorded = events.slice(index).find(({ http_response: answer }) => answer !== undefined)?.http_response;
				pending = recorded === undefined ? null : { at, asked: event.http_request, recorded };
				if (pending?.asked.path.endsWith('/interrupt') === true) {
					// Whether to stop is looked at right after a node is told to run; mostly that was done by then, and it runs to its end.
					const next = events.slice(index).find(({ text }) => text !== undefined)?.text;
					if (next?.type !== 'execution_interrupted') {
						for (let step = 0; server.node() !== nodeThatRuns(events.slice(0, index)) && step < 3; step++) await goOn();
						await goOn();
					}
					await answerPending();
				}
			} else if (event.http_response !== undefined) await answerPending();
		}
		return differences;
	} finally {
		for (const { socket } of sockets.values()) socket.terminate();
		await server.close();
		(held as (() => void) | null)?.();
	}
}
