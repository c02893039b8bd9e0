import { setTimeout as wait } from 'node:timers/promises';
import { inflateRawSync } from 'node:zlib';
import * as Y from 'yjs';
import { packedParameter } from '../../shared/src/live/protocol.ts';
import { median } from '../measure.ts';
import { Client } from './client.ts';
import type { LiveServer } from './servers.ts';
import { until, type Figures } from './workloads.ts';

const room = 0;

/** How a script came about: letter by letter at chance places, or in runs of letters, as people type. */
export type Typing = 'scattered' | 'runs';

type Random = (below: number) => number;

/** Nine letters in at chance places and one out. */
function scatter(text: Y.Text, edits: number, random: Random): void {
	for (let edit = 0; edit < edits; edit++)
		if (edit % 10 === 9) text.delete(random(text.length), 1);
		else text.insert(random(text.length + 1), letter(random));
}

/** Up to sixty letters one behind the other, one in ten of them taken back at once, then somewhere else. */
function typeInRuns(text: Y.Text, edits: number, random: Random): void {
	let [at, left] = [0, 0];
	for (let edit = 0; edit < edits; edit++) {
		if (left-- === 0) [at, left] = [random(text.length + 1), random(60)];
		if (edit % 10 === 9 && at > 0) text.delete(--at, 1);
		else text.insert(at++, letter(random));
	}
}

const letter = (random: Random): string => String.fromCharCode(97 + random(26));

/** Writes a script by so many single edits, and waits until the server keeps it; answers the text. */
export async function loadLong(server: LiveServer, edits: number, typing: Typing): Promise<string> {
	await server.prepare(1, 1);
	const doc = new Y.Doc();
	const text = doc.getText('script');
	let seed = 20261124;
	// The lowest bits of this generator hardly change.
	const random = (below: number) => ((seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8) % below;
	const updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => updates.push(update));
	(typing === 'runs' ? typeInRuns : scatter)(text, edits, random);
	let kept = 0;
	const client = await Client.open(server, room, { kept: (frames) => (kept = frames) });
	let sent = 0;
	for (let at = 0; at < updates.length; at += 500) {
		client.type(Y.mergeUpdates(updates.slice(at, at + 500)));
		sent++;
		while (client.socket.bufferedAmount > 0) await wait(1);
	}
	if (server.name !== 'y-websocket') await until(() => kept >= sent, 60_000);
	// Hocuspocus writes some seconds after the last edit.
	if (server.name === 'hocuspocus') await wait(11_000);
	client.close();
	return text.toString();
}

/** From the connection until a document equals the text, after the server has started again; the y-websocket server, which keeps nothing, is not started again. */
export async function coldOpen(server: LiveServer, text: string, times: number): Promise<Figures> {
	const [took, bytes]: [number[], number[]] = [[], []];
	for (let time = 0; time < times; time++) {
		if (server.name !== 'y-websocket') await server.restart();
		const address = await server.address(room);
		const doc = new Y.Doc();
		const script = doc.getText('script');
		const began = performance.now();
		let done = 0;
		const look = () => {
			if (script.length === text.length && script.toString() === text) done = performance.now();
		};
		const client = await Client.open(
			server,
			room,
			{
				state(state) {
					Y.applyUpdate(doc, state);
					look();
				},
				packed(packed) {
					Y.applyUpdateV2(doc, inflateRawSync(packed));
					look();
				},
			},
			// As browsers ask ours.
			server.name === 'ours' ? `${address}&${packedParameter}=1` : address,
			true,
		);
		if (!(await until(() => done > 0, 30_000))) throw new Error(`${server.name} did not give back what was written.`);
		took.push(done - began);
		bytes.push((client.socket as unknown as { _socket: { bytesRead: number } })._socket.bytesRead);
		client.close();
	}
	return { ms: median(took), bytes: median(bytes) };
}
