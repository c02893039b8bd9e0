import { setTimeout as wait } from 'node:timers/promises';
import * as Y from 'yjs';
import { Client, Typist } from './client.ts';
import type { LiveServer } from './servers.ts';
import { until, type Figures } from './workloads.ts';

const paces = { '20 a second': 20, '1 000 a second': 1_000, 'a burst of 100 000': Infinity };

/** The server is killed while somebody writes; how many of the edits that it had acknowledged are gone when it is back. */
export async function kills(server: LiveServer, trials: number, tell: (line: string) => void): Promise<Figures> {
	let all = 0;
	for (const [index, [words, pace]] of Object.entries(paces).entries()) {
		let [lost, acknowledged] = [0, 0];
		for (let trial = 0; trial < trials; trial++) {
			const outcome = await kill(server, 100 * (index + 1) + trial, pace, 700 + ((trial * 619) % 1_500));
			lost += outcome.lost;
			acknowledged += outcome.acknowledged;
		}
		tell(`${server.name}, ${words}: ${trials} kills, ${lost} of ${acknowledged} acknowledged edits lost`);
		all += lost;
	}
	return { lost: all };
}

async function kill(
	server: LiveServer,
	room: number,
	pace: number,
	afterMs: number,
): Promise<{ lost: number; acknowledged: number }> {
	const typist = new Typist(room);
	let frames = 0;
	let isClosed = false;
	const writer = await Client.open(server, room, {
		kept: (count) => (frames = count),
		closed: () => (isClosed = true),
	});
	await wait(100);
	const began = performance.now();
	while (performance.now() - began < afterMs) {
		const due = pace === Infinity ? 100_000 : Math.ceil(((performance.now() - began) / 1000) * pace);
		while (typist.typedAt.length < due) {
			writer.type(typist.next());
			if (writer.socket.bufferedAmount > 256 * 1024) break;
		}
		await wait(1);
	}
	await server.restart('SIGKILL');
	await until(() => isClosed, 2_000);
	// The first frame answers the server's question.
	const acknowledged = Math.max(0, frames - 1);
	let there = -1;
	const reader = await Client.open(server, room, {
		state: (bytes) => (there = Y.decodeStateVector(Y.encodeStateVectorFromUpdate(bytes)).get(typist.clientId) ?? 0),
	});
	reader.ask();
	await until(() => there >= 0, 10_000);
	reader.close();
	return { acknowledged, lost: Math.max(0, acknowledged - Math.max(0, there)) };
}
