import { once } from 'node:events';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { WebSocket } from 'ws';
import { readDurable } from '../../shared/src/live/durable.ts';
import { syncMessages } from '../../shared/src/live/protocol.ts';
import type { LiveServer } from './servers.ts';

type Door = Pick<LiveServer, 'name' | 'address'>;

const [step1, step2, update] = [0, 1, 2];
const hocuspocus = { auth: 2, syncReply: 4, syncStatus: 8, authenticated: 2 };

/** What a client is told; nothing of it is decoded unless somebody listens. */
export interface Heard {
	/** Somebody's edit. */
	update?(bytes: Uint8Array): void;
	/** The answer to our question: all that we lacked. */
	state?(bytes: Uint8Array): void;
	/** The same as ours tells it to whoever has nothing: deflated, in the second format of Yjs. */
	packed?(bytes: Uint8Array): void;
	/** So many of our frames with edits are kept, in the words of the server. */
	kept?(frames: number): void;
	closed?(code: number): void;
}

/** A connection that speaks y-websocket's protocol, or Hocuspocus's, with as little work of its own as there can be. */
export class Client {
	readonly heard: Heard;
	readonly socket: WebSocket;
	private readonly prefix: Uint8Array;
	private readonly isHocuspocus: boolean;
	private acknowledged = 0;
	private admitted: () => void = () => {};

	private constructor(server: Door, address: string, heard: Heard) {
		this.heard = heard;
		this.isHocuspocus = server.name === 'hocuspocus';
		this.prefix = this.isHocuspocus
			? written((encoder) => encoding.writeVarString(encoder, new URL(address).pathname.slice(1)))
			: new Uint8Array();
		this.socket = new WebSocket(address, { perMessageDeflate: false });
		this.socket.on('message', (data: Buffer) => this.read(data));
		this.socket.on('close', (code) => heard.closed?.(code));
		this.socket.on('error', () => {});
	}

	/** Opens one more connection to a room; resolves when it may type. With `asks` it asks for everything as early as its protocol lets it, as browsers do. */
	static async open(server: Door, room: number, heard: Heard = {}, address?: string, asks = false): Promise<Client> {
		const client = new Client(server, address ?? (await server.address(room)), heard);
		// The server of the relay says nothing by itself.
		const admitted = new Promise<void>((resolve) => (client.admitted = resolve));
		await once(client.socket, 'open');
		if (client.isHocuspocus)
			client.write((encoder) => {
				encoding.writeVarUint(encoder, hocuspocus.auth);
				encoding.writeVarUint(encoder, 0);
				encoding.writeVarString(encoder, 'a token');
			});
		else if (asks) client.ask();
		if (server.name !== 'relay') await admitted;
		if (client.isHocuspocus && asks) client.ask();
		return client;
	}

	/** Sends an edit. */
	type(bytes: Uint8Array): void {
		this.sync(update, bytes);
	}

	/** Asks for everything behind this state vector. */
	ask(vector: Uint8Array = Uint8Array.of(0)): void {
		this.sync(step1, vector);
	}

	close(): void {
		this.socket.terminate();
	}

	private sync(step: number, bytes: Uint8Array): void {
		this.write((encoder) => {
			encoding.writeVarUint(encoder, syncMessages.sync);
			encoding.writeVarUint(encoder, step);
			encoding.writeVarUint8Array(encoder, bytes);
		});
	}

	private write(fill: (encoder: encoding.Encoder) => void): void {
		this.socket.send(
			written((encoder) => {
				encoding.writeUint8Array(encoder, this.prefix);
				fill(encoder);
			}),
		);
	}

	private read(data: Buffer): void {
		const decoder = decoding.createDecoder(data);
		if (this.isHocuspocus) decoding.readVarString(decoder);
		const kind = decoding.readVarUint(decoder);
		if (kind === syncMessages.sync || (this.isHocuspocus && kind === hocuspocus.syncReply)) {
			const step = decoding.readVarUint(decoder);
			const bytes = decoding.readVarUint8Array(decoder);
			if (step === update) this.heard.update?.(bytes);
			else if (step === step2) this.heard.state?.(bytes);
			else {
				// Whoever types through this client has sent everything already.
				this.sync(step2, Uint8Array.of(0, 0));
				this.admitted();
			}
		} else if (this.isHocuspocus && kind === hocuspocus.syncStatus) this.heard.kept?.(++this.acknowledged);
		else if (this.isHocuspocus && kind === hocuspocus.auth) this.admitted();
		else if (!this.isHocuspocus && kind === syncMessages.packed)
			this.heard.packed?.(decoding.readVarUint8Array(decoder));
		else if (!this.isHocuspocus && kind === syncMessages.durable) this.heard.kept?.(readDurable(decoder).frames);
	}
}

function written(fill: (encoder: encoding.Encoder) => void): Uint8Array {
	const encoder = encoding.createEncoder();
	fill(encoder);
	return encoding.toUint8Array(encoder);
}

/** Somebody who types letter behind letter, as the updates that Yjs would make of it. */
export class Typist {
	readonly clientId: number;
	/** When each letter was typed. */
	readonly typedAt: number[] = [];

	constructor(number: number) {
		// Of the size of real ones.
		this.clientId = 0x40000000 + number;
	}

	next(): Uint8Array {
		const clock = this.typedAt.length;
		this.typedAt.push(performance.now());
		return written((encoder) => {
			encoding.writeVarUint(encoder, 1);
			encoding.writeVarUint(encoder, 1);
			encoding.writeVarUint(encoder, this.clientId);
			encoding.writeVarUint(encoder, clock);
			encoding.writeUint8(encoder, clock === 0 ? 0x04 : 0x84);
			if (clock === 0) {
				encoding.writeVarUint(encoder, 1);
				encoding.writeVarString(encoder, 'script');
			} else {
				encoding.writeVarUint(encoder, this.clientId);
				encoding.writeVarUint(encoder, clock - 1);
			}
			encoding.writeVarString(encoder, 'x');
			encoding.writeVarUint(encoder, 0);
		});
	}
}

/** Which letters an update brings, which are of one client and follow each other; null for all else. */
export function lettersOf(bytes: Uint8Array): { clientId: number; from: number; to: number } | null {
	const decoder = decoding.createDecoder(bytes);
	if (decoding.readVarUint(decoder) !== 1) return null;
	const structs = decoding.readVarUint(decoder);
	const clientId = decoding.readVarUint(decoder);
	const from = decoding.readVarUint(decoder);
	let to = from;
	for (let index = 0; index < structs; index++) {
		const info = decoding.readUint8(decoder);
		if ((info & 0x1f) !== 4) return null;
		for (const bit of [0x80, 0x40])
			if ((info & bit) !== 0) {
				decoding.readVarUint(decoder);
				decoding.readVarUint(decoder);
			}
		if ((info & 0xc0) === 0) {
			decoding.readVarUint(decoder);
			decoding.readVarString(decoder);
		}
		to += decoding.readVarString(decoder).length;
	}
	return { clientId, from, to };
}
