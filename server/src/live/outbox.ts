import type { Duplex } from 'node:stream';

/** A word that can wait does so at most this long, and only on a connection that was sent something else as short ago. */
const patienceMs = 25;

/** The connections of a server that have something to send at the end of this turn of the event loop. */
export class Outboxes {
	private waiting: Outbox[] = [];
	private patient: Outbox[] = [];

	add(outbox: Outbox): void {
		if (this.waiting.push(outbox) === 1) setImmediate(this.flush);
	}

	addPatient(outbox: Outbox): void {
		if (this.patient.push(outbox) === 1) setTimeout(this.flushPatient, patienceMs);
	}

	private readonly flush = (): void => {
		const outboxes = this.waiting;
		this.waiting = [];
		for (const outbox of outboxes) outbox.flush();
	};

	private readonly flushPatient = (): void => {
		const outboxes = this.patient;
		this.patient = [];
		for (const outbox of outboxes) outbox.flush();
	};
}

/** What a connection is sent within one turn of the event loop leaves as one write. */
export class Outbox {
	private readonly wire: Duplex;
	private readonly all: Outboxes;
	private frames: Buffer[] = [];
	private bytes = 0;
	/** When it was last given what cannot wait. */
	private urgentAt = -Infinity;
	private isDue = false;

	constructor(wire: Duplex, all: Outboxes) {
		this.wire = wire;
		this.all = all;
	}

	/** What was not taken by the network yet. */
	get backlogBytes(): number {
		return this.bytes + this.wire.writableLength;
	}

	add(frame: Buffer): void {
		this.urgentAt = performance.now();
		this.addNow(frame);
	}

	/** Sends a word that can wait: with whatever comes next, where much is coming. */
	addPatiently(frame: Buffer): void {
		if (this.isDue) return this.put(frame);
		if (performance.now() - this.urgentAt > patienceMs) return this.addNow(frame);
		this.put(frame);
		if (this.frames.length === 1) this.all.addPatient(this);
	}

	flush(): void {
		this.isDue = false;
		const { frames } = this;
		const [first] = frames;
		if (first === undefined) return;
		this.frames = [];
		this.bytes = 0;
		if (this.wire.writable) this.wire.write(frames.length === 1 ? first : Buffer.concat(frames));
	}

	private addNow(frame: Buffer): void {
		this.put(frame);
		if (this.isDue) return;
		this.isDue = true;
		this.all.add(this);
	}

	private put(frame: Buffer): void {
		this.bytes += frame.length;
		this.frames.push(frame);
	}
}
