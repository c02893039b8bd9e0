import type { Duplex } from 'node:stream';

/** What a connection is sent within one turn of the event loop leaves as one write. */
export class Outbox {
	private readonly wire: Duplex;
	private first: Buffer | null = null;
	private more: Buffer[] | null = null;
	private bytes = 0;

	constructor(wire: Duplex) {
		this.wire = wire;
	}

	/** What was not taken by the network yet. */
	get backlogBytes(): number {
		return this.bytes + this.wire.writableLength;
	}

	add(frame: Buffer): void {
		this.bytes += frame.length;
		if (this.first !== null) {
			(this.more ??= [this.first]).push(frame);
			return;
		}
		this.first = frame;
		setImmediate(this.flush);
	}

	readonly flush = (): void => {
		const { first, more } = this;
		if (first === null) return;
		this.first = null;
		this.more = null;
		this.bytes = 0;
		if (this.wire.writable) this.wire.write(more === null ? first : Buffer.concat(more));
	};
}
