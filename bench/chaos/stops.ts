import { setTimeout as wait } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { connectMongo } from '../../shared/node/mongo.ts';
import type { TaskRecord } from '../../shared/node/stores/task-record.ts';
import { pathOf, type Endpoint } from '../../shared/src/http/endpoint.ts';
import { generationApi } from '../../shared/src/task/generation-api.ts';
import { planApi } from '../../shared/src/plan/api.ts';
import { projectApi } from '../../shared/src/project/api.ts';
import { taskApi } from '../../shared/src/task/api.ts';
import { Asker } from './asker.ts';
import type { ChaosHouse } from './house.ts';
import { createRandom } from './random.ts';
import { aBoard } from './tasks.ts';

export type StopFigures = {
	seed: number;
	stops: { server: number; worker: number };
	longestMs: { server: number; worker: number };
	/** How often requests were answered with each status; `cut` and `stale` ended without a word, and were asked once more. */
	answers: Record<string, number>;
	tasks: Record<string, number>;
	faults: { books: string[] };
};
const people = 3;
/** So many ask at once for each person, without a pause. */
const lanes = 4;
/** So often each person asks for a picture: about as many as are drawn meanwhile. */
const writeMs = 1_500;
const stopLimitMs = 25_000;

/** Servers and workers are asked to end while people ask and pictures are drawn; each ends well and in time, nobody is answered with an error, and no attempt at a task is lost by it. */
export async function runStops(
	house: ChaosHouse,
	{ seed, stops: most, say }: { seed: number; stops: number; say: (line: string) => void },
): Promise<StopFigures> {
	const faults: string[] = [];
	const random = createRandom(seed, 0);
	const askers = await Promise.all(Array.from({ length: people }, (_, nth) => Asker.signUp(house.url, `S${nth}`)));
	const boards = await Promise.all(askers.map(aBoard));
	const answers: Record<string, number> = {};
	const over = new AbortController();
	const loads = askers.flatMap((asker, index) =>
		Array.from({ length: lanes }, (_, lane) =>
			load(house.url, asker, boards[index] ?? '', { lane, answers, faults, signal: over.signal }),
		),
	);
	const stops = { server: 0, worker: 0 };
	const longestMs = { server: 0, worker: 0 };
	for (let count = 0; count < most; count++) {
		await wait(300 + random.below(700));
		const what = count % 2 === 0 ? 'server' : 'worker';
		const { isWell, ms } = await house.stop(what, random.below(2));
		stops[what]++;
		longestMs[what] = Math.max(longestMs[what], Math.round(ms));
		if (!isWell || ms > stopLimitMs) faults.push(`A ${what} did not end well, after ${Math.round(ms)} ms`);
	}
	over.abort();
	await Promise.all(loads);
	say(`${most} stops; waiting until what was asked for is drawn`);
	const mongo = await connectMongo(house.mongodbUri);
	const tasks = mongo.db.collection<TaskRecord>('tasks');
	const active = { status: { $in: ['queued' as const, 'running' as const, 'cancelling' as const] } };
	for (const until = Date.now() + 60_000; (await tasks.countDocuments(active)) > 0 && Date.now() < until;)
		await wait(200);
	const ends: Record<string, number> = {};
	for (const { _id, status, attempts = {} } of await tasks.find().toArray()) {
		ends[status] = (ends[status] ?? 0) + 1;
		if (status !== 'succeeded') faults.push(`${_id} is ${status}`);
		for (const { outcome = 'running', problem } of Object.values(attempts))
			if (outcome !== 'succeeded' && outcome !== 'given-back')
				faults.push(`An attempt at ${_id} is ${outcome}: ${problem?.code ?? ''} ${problem?.detail ?? ''}`);
	}
	await mongo.close();
	return { seed, stops, longestMs, answers, tasks: ends, faults: { books: faults } };
}

type Load = { lane: number; answers: Record<string, number>; faults: string[]; signal: AbortSignal };

/** Somebody who asks one thing after the other until it is over. */
async function load(url: string, asker: Asker, projectId: string, { lane, answers, faults, signal }: Load) {
	const params = { id: projectId };
	const reads: [Endpoint, object][] = [
		[projectApi.list, {}],
		[planApi.quota, {}],
		[taskApi.list, { params }],
		[generationApi.history, {}],
		[generationApi.models, {}],
	];
	// As browsers do, which keep connections, and as small programs do, which do not.
	const agent = lane % 2 === 1 ? new Agent({ keepAlive: true, maxSockets: 1 }) : false;
	const picture = {
		prompt: 'A lighthouse',
		width: 512,
		height: 512,
		num_inference_steps: 2,
		model: 'sd15-text-to-image',
	};
	let wroteAt = 0;
	for (let count = lane; !signal.aborted; count++) {
		const isWrite = lane === 0 && Date.now() - wroteAt > writeMs;
		if (isWrite) wroteAt = Date.now();
		const [endpoint, about] = isWrite ? [generationApi.image, { body: picture }] : (reads[count % reads.length] ?? []);
		if (endpoint === undefined) continue;
		const headers = { ...asker.credentials(), ...(isWrite ? { 'idempotency-key': randomUUID() } : {}) };
		let answer = await once(url, endpoint, { ...about, agent }, headers);
		const note = (word: string) => (answers[word] = (answers[word] ?? 0) + 1);
		if (answer.fault !== undefined) {
			// As browsers and proxies do. The system resets connections that it has taken and that no server had accepted when it stopped to listen.
			note(answer.fault);
			answer = await once(url, endpoint, { ...about, agent: false }, headers);
		}
		note(String(answer.status ?? answer.fault));
		if (answer.fault !== undefined) faults.push(`${endpoint.path} was asked twice and not answered: ${answer.fault}`);
		if (answer.status !== undefined && answer.status >= 500 && (answer.status !== 503 || !answer.canRetry))
			faults.push(`${endpoint.path} was answered ${answer.status}: ${answer.text}`);
		// Nobody asks again at once who was not answered.
		if (answer.status === undefined || answer.status === 503) await wait(50);
	}
	if (agent !== false) agent.destroy();
}

type Answer = { status?: number; canRetry?: boolean; text?: string; fault?: 'refused' | 'cut' | 'stale' };

/** Asks. A kept connection that had been closed when it was used again is `stale`: whoever keeps connections asks anew over another. */
function once(
	url: string,
	endpoint: Endpoint,
	{ params, body, agent }: { params?: Record<string, string>; body?: unknown; agent: Agent | false },
	headers: Record<string, string>,
): Promise<Answer> {
	return new Promise((resolve) => {
		let isConnected = false;
		const json = body === undefined ? undefined : JSON.stringify(body);
		const asked = request(
			new URL(pathOf(endpoint, params), url),
			{
				method: endpoint.method.toUpperCase(),
				agent,
				headers: { ...headers, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
			},
			(reply) => {
				let text = '';
				reply.on('data', (bytes: Buffer) => (text += bytes.toString()));
				reply.on('error', () => resolve({ fault: 'cut' }));
				reply.on('end', () => {
					const canRetry = reply.headers['retry-after'] !== undefined;
					resolve({ status: reply.statusCode ?? 0, canRetry, text: text.slice(0, 300) });
				});
			},
		);
		asked.on('socket', (socket) => {
			if (socket.connecting) socket.once('connect', () => (isConnected = true));
		});
		asked.on('error', () => resolve({ fault: asked.reusedSocket ? 'stale' : isConnected ? 'cut' : 'refused' }));
		asked.end(json);
	});
}
