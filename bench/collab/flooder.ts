import { setTimeout as wait } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import * as Y from 'yjs';
import { Client, Typist } from './client.ts';
import type { LiveServer } from './servers.ts';

/** What the flooder is to do, in a thread of its own so that it holds up nobody's clock. */
export type Flood = { name: LiveServer['name']; address: string; edits: number; limitMs: number };
/** How long it took until the server said that it has everything, and, where it says so, that everything is kept. */
export type Flooded = { ms: number };

const { name, address, edits, limitMs } = workerData as Flood;
const typist = new Typist(1);
const letters = Array.from({ length: edits }, () => typist.next());
let isAll = false;
let kept = name === 'ours' ? 0 : Infinity;
const client = await Client.open(
	{ name, address: async () => address },
	1,
	{
		state(bytes) {
			isAll = Y.decodeStateVector(Y.encodeStateVectorFromUpdate(bytes)).get(typist.clientId) === edits;
		},
		kept(frames) {
			if (name === 'ours') kept = frames;
		},
	},
	address,
);
await wait(300);
const began = performance.now();
const isOver = () => performance.now() - began > limitMs;
for (let at = 0; at < letters.length && !isOver(); at += 200) {
	for (const letter of letters.slice(at, at + 200)) client.type(letter);
	// No faster than the network takes it.
	while (client.socket.bufferedAmount > 256 * 1024 && !isOver()) await wait(1);
	await new Promise(setImmediate);
}
client.ask();
while (!(isAll && kept > edits) && !isOver()) await wait(2);
parentPort?.postMessage({ ms: isAll && kept > edits ? performance.now() - began : Infinity } satisfies Flooded);
client.close();
