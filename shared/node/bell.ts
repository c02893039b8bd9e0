import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import * as z from 'zod';
import { Id } from '../src/id.ts';
import { taskKinds, type TaskKind } from '../src/task/task.ts';
import type { Log } from './log.ts';

/** Where a worker is rung; the token tells its own servers from whoever else finds the port. */
export type BellAddress = { host: string; port: number; token: string };
/** The one task that is new, as far as a worker must know it to claim it: a ring moves nobody to do so where anything of this is not as it says. */
export type RungTask = z.infer<typeof OneTask>;
/** What a ring says: look for tasks of a kind, of which perhaps just this one is new, or stop a task. */
type Ring = { kind: TaskKind; task?: RungTask } | { stop: string };

const OneTask = z.strictObject({
	id: Id,
	kind: z.enum(taskKinds),
	createdBy: Id,
	provider: z.string(),
	atOnce: z.number().nullable(),
	claim: z.number(),
	revision: z.number(),
});
const Message = z.union([
	z.strictObject({ token: z.string(), kind: z.enum(taskKinds), task: OneTask.optional() }),
	z.strictObject({ token: z.string(), stop: Id }),
]);
/** Addresses are believed this long, that there are none for less. */
const freshMs = 2_000;
const unknownMs = 50;

/** Hears the bell of a worker: one datagram each, without any promise to arrive. It moves nobody to do more than look at what the database says. */
export async function listenBell(
	host: string,
	heard: { look(kind: TaskKind, task?: RungTask): void; stop(taskId: string): void },
): Promise<{ address: BellAddress; close(): Promise<void> }> {
	const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
	const token = randomBytes(12).toString('hex');
	socket.on('message', (bytes) => {
		const ring = parseMessage(bytes);
		if (ring?.token !== token) return;
		if ('kind' in ring) heard.look(ring.kind, ring.task);
		else heard.stop(ring.stop);
	});
	socket.bind(0, host);
	await once(socket, 'listening');
	// The bell alone keeps no process alive.
	socket.unref();
	return {
		address: { host: host === '0.0.0.0' ? ownAddress() : host, port: socket.address().port, token },
		close: () => new Promise((closed) => socket.close(closed)),
	};
}

/** Where other machines reach this one; loopback where it has no network. */
const ownAddress = (): string =>
	Object.values(networkInterfaces())
		.flatMap((addresses) => addresses ?? [])
		.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';

function parseMessage(bytes: Uint8Array): z.infer<typeof Message> | null {
	if (bytes.length > 500) return null;
	try {
		return Message.safeParse(JSON.parse(Buffer.from(bytes).toString())).data ?? null;
	} catch {
		return null;
	}
}

export type Ringer = {
	/** Something of this kind waits; `task` where it is just this one. */
	look(kind: TaskKind, task?: RungTask): void;
	/** A running task is to stop. */
	stop(taskId: string): void;
	close(): Promise<void>;
};

/** Rings all workers. A lost ring, or a worker that is not known yet, is made up for by the scene job that is left behind and by what workers look for by themselves. */
export async function createRinger({
	addresses,
	log,
}: {
	addresses: () => Promise<readonly BellAddress[]>;
	log: Log;
}): Promise<Ringer> {
	const sockets = { udp4: createSocket('udp4'), udp6: createSocket('udp6') };
	for (const socket of Object.values(sockets)) {
		socket.on('error', (error) => log.debug({ err: error }, 'a bell could not be rung'));
		socket.unref();
	}
	let known: readonly BellAddress[] = [];
	let readAt = 0;
	let reading: Promise<void> | undefined;
	/** What was rung since addresses are being read: whoever is new among them is rung for it, too. */
	let meanwhile: Ring[] = [];
	const send = (about: Ring, { host, port, token }: BellAddress): void => {
		const socket = sockets[host.includes(':') ? 'udp6' : 'udp4'];
		socket.send(JSON.stringify({ token, ...about }), port, host, (error) => {
			if (error !== null) log.debug({ err: error }, 'a bell was not rung');
		});
	};
	const read = (): void => {
		reading ??= addresses()
			.then(
				(found) => {
					const before = new Set(known.map(({ token }) => token));
					for (const address of found)
						if (!before.has(address.token)) for (const about of meanwhile) send(about, address);
					known = found;
					readAt = Date.now();
				},
				(error: unknown) => log.debug({ err: error }, 'the bells are not known'),
			)
			.finally(() => {
				reading = undefined;
				meanwhile = [];
			});
	};
	read();
	await reading;
	const ring = (about: Ring): void => {
		for (const address of known) send(about, address);
		if (reading !== undefined || Date.now() - readAt > (known.length === 0 ? unknownMs : freshMs)) {
			meanwhile.push(about);
			read();
		}
	};
	return {
		look: (kind, task) => ring({ kind, ...(task === undefined ? {} : { task }) }),
		stop: (taskId) => ring({ stop: taskId }),
		async close() {
			await reading;
			await Promise.all(
				Object.values(sockets).map((socket) => new Promise<void>((closed) => socket.close(() => closed()))),
			);
		},
	};
}
