import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { median, percentile } from '../measure.ts';
import { Client, lettersOf, Typist } from './client.ts';
import type { Flood, Flooded } from './flooder.ts';
import { cpuMs, memoryMb, type LiveServer } from './servers.ts';

export type Figures = Record<string, number>;

/** One types in a document that 200 have open; until the last one has each letter. */
export async function fanOut(server: LiveServer, seconds: number): Promise<Figures> {
	const typist = new Typist(1);
	const others = 199;
	const [seen, last]: [number[], number[]] = [[], []];
	const hear = (bytes: Uint8Array) => {
		const letters = lettersOf(bytes);
		if (letters === null) return;
		for (let clock = letters.from; clock < letters.to; clock++) {
			seen[clock] = (seen[clock] ?? 0) + 1;
			if (seen[clock] === others) last[clock] = performance.now() - (typist.typedAt[clock] ?? 0);
		}
	};
	const clients = [await Client.open(server, 0)];
	while (clients.length <= others) clients.push(await Client.open(server, 0, { update: hear }));
	await wait(500);
	await eachMs(50, seconds * 20, () => clients[0]?.type(typist.next()));
	await until(() => last.filter((ms) => ms > 0).length >= typist.typedAt.length, 5_000);
	for (const client of clients) client.close();
	return {
		p95: percentile(last.slice(20), 0.95),
		p50: median(last.slice(20)),
		missing: typist.typedAt.length - last.length,
	};
}

/** Fifty documents with four who type in each. */
export async function crowd(server: LiveServer, perSecond: number, seconds: number): Promise<Figures> {
	const lags: number[] = [];
	const kept: number[] = [];
	let delivered = 0;
	const typists = new Map<number, Typist>();
	const clients: { client: Client; typist: Typist }[] = [];
	const hear = (bytes: Uint8Array, own: Typist) => {
		const letters = lettersOf(bytes);
		// The y-websocket server tells the sender too; that is not counted.
		if (letters === null || letters.clientId === own.clientId) return;
		const { typedAt = [] } = typists.get(letters.clientId) ?? {};
		for (let clock = letters.from; clock < letters.to; clock++) {
			delivered++;
			lags.push(performance.now() - (typedAt[clock] ?? 0));
		}
	};
	for (let number = 0; number < 200; number++) {
		const typist = new Typist(number);
		typists.set(typist.clientId, typist);
		let known = 0;
		const client = await Client.open(server, number % 50, {
			update: (bytes) => hear(bytes, typist),
			kept(frames) {
				// The first frame is the answer to the server's question.
				for (; known < frames - 1; known++) kept.push(performance.now() - (typist.typedAt[known] ?? 0));
			},
		});
		clients.push({ client, typist });
	}
	await wait(500);
	const everyMs = 1000 / perSecond;
	const type = (work: number) =>
		Promise.all(
			clients.map(async ({ client, typist }, index) => {
				// Nobody keeps time with anybody else.
				await wait((index * 37) % everyMs);
				await eachMs(everyMs, work * perSecond, () => client.type(typist.next()));
			}),
		);
	await type(1);
	await wait(300);
	const [warm] = [delivered];
	lags.length = 0;
	kept.length = 0;
	const before = await Promise.all(server.pids().map(cpuMs));
	await type(seconds);
	const expected = [...typists.values()].reduce((sum, { typedAt }) => sum + typedAt.length, 0) * 3;
	await until(() => delivered >= expected, 5_000);
	await wait(200);
	const after = await Promise.all(server.pids().map(cpuMs));
	for (const { client } of clients) client.close();
	const [own = 0, database = 0] = after.map((ms, index) => ms - (before[index] ?? 0));
	return {
		cpu: (own * 1000) / (delivered - warm),
		database: (database * 1000) / (delivered - warm),
		p95: percentile(lags, 0.95),
		missing: expected - delivered,
		...(kept.length > 0 && { kept: percentile(kept, 0.95) }),
	};
}

/** One writer; until each letter is kept. */
export async function kept(server: LiveServer, seconds: number): Promise<Figures> {
	const typist = new Typist(1);
	const lags: number[] = [];
	const client = await Client.open(server, 0, {
		kept(frames) {
			while (lags.length < frames - 1) lags.push(performance.now() - (typist.typedAt[lags.length] ?? 0));
		},
	});
	await wait(200);
	await eachMs(50, seconds * 20, () => client.type(typist.next()));
	await until(() => lags.length >= typist.typedAt.length, 5_000);
	client.close();
	return { p95: percentile(lags.slice(10), 0.95), missing: typist.typedAt.length - lags.length };
}

/** A hundred thousand single edits from one client, while somebody types in another document. */
export async function flood(server: LiveServer, edits: number, limitMs: number): Promise<Figures> {
	const typist = new Typist(2);
	const lags: number[] = [];
	const hear = (bytes: Uint8Array) => {
		const letters = lettersOf(bytes);
		for (let clock = letters?.from ?? 0; clock < (letters?.to ?? 0); clock++)
			lags.push(performance.now() - (typist.typedAt[clock] ?? 0));
	};
	const reader = await Client.open(server, 2, { update: hear });
	const writer = await Client.open(server, 2);
	const flooder = new Worker(new URL('./flooder.ts', import.meta.url), {
		workerData: { name: server.name, address: await server.address(1), edits, limitMs } satisfies Flood,
	});
	let flooded: Flooded | null = null;
	flooder.once('message', (message: Flooded) => (flooded = message));
	const isOver = () => flooded !== null;
	while (!isOver()) {
		writer.type(typist.next());
		await wait(20);
	}
	await wait(200);
	for (const client of [reader, writer]) client.close();
	await flooder.terminate();
	const { ms } = flooded ?? { ms: Infinity };
	return { ms, typistP95: percentile(lags, 0.95), typistWorst: Math.max(...lags) };
}

/** A thousand documents with one client each, at rest. */
export async function rest(server: LiveServer, documents: number, seconds: number): Promise<Figures> {
	const [pid = 0] = server.pids();
	// Ours have to be made first; what that leaves in memory is gone half a minute later.
	await server.prepare(documents, documents);
	if (server.name === 'ours') await wait(40_000);
	const before = await memoryMb(pid);
	const clients: Client[] = [];
	for (let room = 0; room < documents; room++) {
		const client = await Client.open(server, room);
		client.type(new Typist(room).next());
		clients.push(client);
	}
	await wait(6_000);
	const memory = (await memoryMb(pid)) - before;
	const cpu = await cpuMs(pid);
	await wait(seconds * 1000);
	const idle = (await cpuMs(pid)) - cpu;
	for (const client of clients) client.close();
	return { memory, idle: idle / (seconds * 10) };
}

/** Does something so often, each time this long after the last. */
async function eachMs(ms: number, times: number, act: () => void): Promise<void> {
	const began = performance.now();
	for (let turn = 0; turn < times; turn++) {
		act();
		await wait(Math.max(0, began + (turn + 1) * ms - performance.now()));
	}
}

/** Waits until it holds, at most so long. */
export async function until(holds: () => boolean, limitMs: number): Promise<boolean> {
	const end = performance.now() + limitMs;
	while (!holds() && performance.now() < end) await wait(2);
	return holds();
}
