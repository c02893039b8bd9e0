import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Duplex } from 'node:stream';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';
import type { WebSocket } from 'ws';
import { limits } from '@reelroom/shared/limits.ts';
import { writeDurable } from '@reelroom/shared/live/durable.ts';
import { closeCodes, syncMessages } from '@reelroom/shared/live/protocol.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import { can, type Role } from '@reelroom/shared/workspace/access.ts';
import { Allowance } from './allowance.ts';
import { withoutAside } from './aside.ts';
import type { DocumentLife } from './document-life.ts';
import type { CutEdit } from './edit-job.ts';
import { largeEditBytes } from './large-edits.ts';
import type { Peer } from './peer.ts';
import type { WorkTime } from './work-time.ts';
import { hasNews } from './check-update.ts';
import { frameOf, pingFrame } from './frames.ts';
import { Outbox, type Outboxes } from './outbox.ts';
import { encodePresence, readPresence, type Presence } from './presence.ts';

type SessionDeps = {
	socket: WebSocket;
	/** What carries it. */
	wire: Duplex;
	outboxes: Outboxes;
	work: WorkTime;
	life: DocumentLife;
	accountId: string;
	name: string;
	signInId: string;
	role: Role;
	roleOf: () => Promise<Role | null>;
	signInStands: () => Promise<boolean>;
	/** Whether the client takes `packed` messages. */
	takesPacked: boolean;
	log: Log;
};

/** What was held back is offered again this often, besides whenever something comes that it may have waited for. */
const retryMs = 500;
/** More of one connection are read only after everybody else had their turn. */
const mostFramesPerTurn = 400;
/** A frame from this size on is judged only while its account's time is not spent. */
const longFrameBytes = 16 * 1024;
/** What waits to be taken before more is read. */
const mostHeldBytes = 32 * 1024;

type Held = {
	update: Uint8Array;
	isAnswer: boolean;
	heldAt: number;
	attempts: number;
	/** What was read of a large one; undefined before. */
	cut: CutEdit | null | undefined;
	isTaken: boolean;
};

/** One connection to a live document, admitted with a role. */
export class Session implements Peer {
	readonly accountId: string;
	/** By which it was opened: it ends with that. */
	readonly signInId: string;
	clientId: number | null = null;
	/** What it last said about itself. */
	private word: Presence | null = null;
	received = 0;
	readonly ids = new Set<number>();
	private readonly deps: SessionDeps;
	private readonly role: Role;
	private readonly mayEdit: boolean;
	private readonly allowance = new Allowance();
	private readonly outbox: Outbox;
	private framesThisTurn = 0;
	private isHeldBack = false;
	private isAlive = true;
	private isClosed = false;
	/** The question that is not answered yet, and whether one is being answered: whoever asks again has at least what they had before. */
	private asked: Uint8Array | null = null;
	private isAnswering = false;
	isOffering = false;
	/** Edits that were not taken yet, the first of which waits; they are taken in their order. */
	private readonly held: Held[] = [];
	/** Whether the first of them is being read or taken beside all else, or half of another one stands in the document. */
	private isWaiting = false;
	private heldBytes = 0;
	private retryTimer: NodeJS.Timeout | undefined;

	constructor(deps: SessionDeps) {
		this.deps = deps;
		this.accountId = deps.accountId;
		this.signInId = deps.signInId;
		this.role = deps.role;
		this.mayEdit = can(deps.role, 'document.edit');
		this.outbox = new Outbox(deps.wire, deps.outboxes);
	}

	/** Joins the document, asks for what the client has, and reads what came in before. */
	start(inbox: readonly Uint8Array[]): void {
		const { socket, life } = this.deps;
		if (life.ended) return this.close(closeCodes.goingAway, 'The document is read again');
		socket.on('message', (data: Buffer, isBinary: boolean) =>
			isBinary ? this.read(data) : this.close(closeCodes.badMessage, 'Binary frames only'),
		);
		socket.on('pong', () => (this.isAlive = true));
		socket.on('close', () => {
			// What somebody has sent who then leaves by themselves is judged to its end: half of it may have been taken, and nobody else may have it.
			this.isOffering = !this.isClosed && this.held.length > 0 && life.mayOffer();
			this.isClosed = true;
			if (!this.isOffering) this.letGo();
			life.leave(this);
		});
		life.join(this);
		this.write(syncMessages.sync, (encoder) => sync.writeSyncStep1(encoder, life.doc));
		for (const [clientId, said] of life.presence.words) this.presence(clientId, said.clock, said.state);
		for (const frame of inbox) this.read(frame);
	}

	update(frame: Buffer): void {
		this.send(frame);
	}

	presence(clientId: number, clock: number, state: string): void {
		this.write(syncMessages.awareness, (encoder) =>
			encoding.writeVarUint8Array(encoder, encodePresence(clientId, clock, state)),
		);
	}

	durable(clocks: ReadonlyMap<number, number>, frames: number): void {
		if (!this.mayWrite()) return;
		this.outbox.addPatiently(frameOf(syncMessages.durable, (encoder) => writeDurable(encoder, { clocks, frames })));
	}

	caughtUp(): void {
		if (this.isHeldBack && !this.deps.life.isBehind) this.goOn();
	}

	close(code: number, reason: string): void {
		const { socket } = this.deps;
		if (this.isClosed) return;
		this.isClosed = true;
		this.letGo();
		this.deps.life.leave(this);
		this.outbox.flush();
		// Whoever was held back must still hear the close.
		socket.resume();
		socket.close(code, reason);
		// A peer that does not answer the close must not hold memory.
		setTimeout(() => socket.terminate(), 2_000).unref();
	}

	revoked(): void {
		void this.recheck(true);
	}

	/** Whoever opened it has logged out, or was. */
	signedOut(): void {
		this.close(closeCodes.signIn, 'You have signed out');
	}

	/** Asks for the role and the sign-in again; closes the connection when one has ended, and lets it come back when the role has changed. */
	async recheck(always = false): Promise<void> {
		try {
			const [role, stands] = await Promise.all([this.deps.roleOf(), this.deps.signInStands()]);
			if (!stands) this.signedOut();
			else if (role === null || !can(role, 'document.read')) this.close(closeCodes.notAllowed, 'Your role has ended');
			else if (role !== this.role || always) this.close(closeCodes.ticketSpent, 'Your role has changed');
		} catch (error) {
			this.deps.log.warn({ err: error }, 'could not ask for a role or a sign-in');
			// Nobody can say whether they still may: let them come back and be asked again.
			this.close(closeCodes.goingAway, 'Not ready');
		}
	}

	/** Ends a connection that has not answered the last ping, and keeps the others from falling asleep. */
	ping(): void {
		if (this.isClosed) return;
		if (!this.isAlive) return this.deps.socket.terminate();
		this.isAlive = false;
		this.outbox.add(pingFrame);
		this.deps.life.remind(this);
	}

	private read(frame: Uint8Array): void {
		if (this.isClosed) return;
		try {
			if (!this.readTyping(frame)) this.handle(decoding.createDecoder(frame));
		} catch (error) {
			this.broken(error);
		}
	}

	/** Most frames are a letter or two: they take the shortest way. */
	private readTyping(frame: Uint8Array): boolean {
		const length = frame[2] ?? 0;
		const isShort = frame[0] === syncMessages.sync && frame[1] === sync.messageYjsUpdate && length < 0x80;
		if (!isShort || frame.length !== length + 3 || this.held.length > 0 || !this.mayEdit) return false;
		if (!this.deps.life.takeTyping(this, frame.subarray(3))) return false;
		this.slowDown(frame.length);
		return true;
	}

	/** Slows a flood of edits down: some frames a turn, so that others come in between, and none while the journal is behind. */
	private slowDown(bytes: number): void {
		const waitMs = this.allowance.takeEdit(bytes);
		this.framesThisTurn++;
		if (this.isHeldBack) return;
		const isBehind = this.deps.life.isBehind || this.heldBytes > mostHeldBytes;
		if (waitMs === 0 && !isBehind && this.framesThisTurn < mostFramesPerTurn) return;
		this.isHeldBack = true;
		this.deps.socket.pause();
		if (waitMs > 0) setTimeout(() => this.goOn(), waitMs);
		else if (!isBehind) setImmediate(() => this.goOn());
	}

	private readonly goOn = (): void => {
		this.isHeldBack = false;
		this.framesThisTurn = 0;
		if (!this.isClosed) this.deps.socket.resume();
	};

	private handle(decoder: decoding.Decoder): void {
		const { life } = this.deps;
		const kind = decoding.readVarUint(decoder);
		const bytes = decoder.arr.length;
		const isEdit = kind === syncMessages.sync && decoder.arr[decoder.pos] !== sync.messageYjsSyncStep1;
		if (isEdit) this.slowDown(bytes);
		else if (!this.allowance.takeOther(bytes)) return this.close(closeCodes.tooMany, 'Too much at once');
		if (kind === syncMessages.awareness) {
			const words = readPresence(decoding.readVarUint8Array(decoder), { id: this.accountId, name: this.deps.name });
			// Clients also repeat what they heard of others; only their word about themselves counts, which comes first.
			this.word ??= words[0] ?? null;
			this.word = words.findLast(({ clientId }) => clientId === this.word?.clientId) ?? this.word;
			if (this.word !== null && words.includes(this.word)) this.speak(this.word);
		} else if (kind === syncMessages.queryAwareness) {
			for (const [clientId, said] of life.presence.words) this.presence(clientId, said.clock, said.state);
		} else if (kind === syncMessages.sync) {
			const step = decoding.readVarUint(decoder);
			const bytes = decoding.readVarUint8Array(decoder);
			if (step === sync.messageYjsSyncStep1) {
				// Decoded here first: a broken vector must not half answer.
				Y.decodeStateVector(bytes);
				this.asked = bytes;
				this.answerAsked().catch(() => this.close(closeCodes.goingAway, 'Changes cannot be kept now'));
			} else if (step === sync.messageYjsSyncStep2 || step === sync.messageYjsUpdate) this.take(bytes, step);
			else throw new Error(`No such step: ${step}`);
		} else throw new Error(`No such message: ${kind}`);
	}

	private async answerAsked(): Promise<void> {
		if (this.isAnswering) return;
		this.isAnswering = true;
		for (let vector = this.asked; vector !== null && !this.isClosed; vector = this.asked) {
			if (this.deps.work.mayTake(this.accountId)) {
				this.asked = null;
				await this.answer(vector);
			} else await new Promise((resolve) => setTimeout(resolve, retryMs));
		}
		this.isAnswering = false;
	}

	/** Sends what is behind a state vector; what is taken while it is packed goes to this client as to all others. */
	private async answer(vector: Uint8Array): Promise<void> {
		const { life, takesPacked, work } = this.deps;
		await life.large.whole();
		await life.told();
		const packed = takesPacked && vector.length === 1 && !life.ended ? await life.packed() : null;
		if (this.isClosed) return;
		if (packed === null)
			work.take(this.accountId, () =>
				this.write(syncMessages.sync, (encoder) =>
					withoutAside(life.doc, () => sync.writeSyncStep2(encoder, life.doc, vector)),
				),
			);
		else this.write(syncMessages.packed, (encoder) => encoding.writeVarUint8Array(encoder, packed));
	}

	private speak({ clientId, clock, state }: Presence): void {
		const { life } = this.deps;
		if (this.clientId === null && life.bind(clientId, this.accountId)) {
			this.clientId = clientId;
			// Other servers may have written what it sends next: of that, too, it wants to hear.
			this.ids.add(clientId);
		}
		if (this.clientId === clientId) life.presence.tell(this, clientId, { clock, state });
	}

	private take(update: Uint8Array, step: number): void {
		const { life, work } = this.deps;
		if (this.mayEdit) {
			this.heldBytes += update.length;
			if (this.heldBytes > limits.syncBacklogBytes) return this.close(closeCodes.tooMany, 'Too much at once');
			this.held.push({
				update,
				isAnswer: step === sync.messageYjsSyncStep2,
				heldAt: performance.now(),
				attempts: 0,
				cut: update.length < largeEditBytes ? null : undefined,
				isTaken: false,
			});
			if (this.held.length === 1) this.retry();
			return;
		}
		if (!work.mayTake(this.accountId)) return this.close(closeCodes.tooMany, 'Too much at once');
		// A reader's answer to our question has nothing new in it, and that is no attempt to write.
		const isNews = step === sync.messageYjsUpdate || work.take(this.accountId, () => hasNews(life.doc, update));
		if (!isNews) return life.acknowledge(this);
		this.refuse(new Problem('not-allowed'));
	}

	retry(): void {
		// The journal may have said meanwhile that the id is its own after all.
		if (this.clientId === null && this.word !== null && !this.isClosed) this.speak(this.word);
		try {
			for (let first = this.held[0]; first !== undefined && this.mayOffer(); first = this.held[0]) {
				if (!this.takeHeld(first)) return;
				this.held.shift();
				this.heldBytes -= first.update.length;
			}
		} catch (error) {
			this.broken(error);
		}
		if (this.isOffering) this.endOffering();
	}

	private mayOffer(): boolean {
		return this.isOffering ? !this.deps.life.ended : !this.isClosed;
	}

	private endOffering(): void {
		this.isOffering = false;
		this.held.length = 0;
		this.letGo();
		this.deps.life.forget(this);
	}

	private takeHeld(held: Held): boolean {
		const { life, work } = this.deps;
		if (held.isTaken) return true;
		if (this.isWaiting) return false;
		if (life.large.isTaking) return this.goOnAfter(life.large.whole());
		const isCostly = held.attempts > 0 || held.update.length >= longFrameBytes;
		if (isCostly && !work.mayTake(this.accountId)) return this.retryLater();
		if (held.cut === undefined) return this.goOnAfter(this.cut(held));
		// Not to be judged yet is no waiting for others.
		if (held.attempts === 0) held.heldAt = performance.now();
		const attempt = held.attempts++;
		const waitedMs = attempt === 0 ? 0 : performance.now() - held.heldAt;
		try {
			const { isAnswer, update, cut } = held;
			const spent = (ms: number): void => work.add(this.accountId, ms);
			const judge = () => life.receive(this, update, { isAnswer, waitedMs, attempt, cut, spent });
			const taken = isCostly ? work.take(this.accountId, judge) : judge();
			if (taken === false) return this.retryLater();
			this.letGo();
			if (taken === true) return true;
			held.isTaken = true;
			return this.goOnAfter(taken);
		} catch (error) {
			if (!(error instanceof Problem) || this.isOffering) throw error;
			if (error.code === 'unavailable') this.close(closeCodes.goingAway, 'Not ready');
			else if (error.code === 'too-many-requests') this.close(closeCodes.tooMany, error.detail ?? 'Too much at once');
			else this.refuse(error);
			return true;
		}
	}

	private async cut(held: Held): Promise<void> {
		held.cut = await this.deps.life.large.cut(held.update, this.accountId);
		if (held.cut !== null) this.deps.work.add(this.accountId, held.cut.ms);
	}

	private goOnAfter(done: Promise<void>): false {
		this.isWaiting = true;
		done.then(
			() => {
				this.isWaiting = false;
				this.retry();
			},
			(error: unknown) => {
				this.isWaiting = false;
				this.broken(error);
				if (this.isOffering) this.endOffering();
			},
		);
		return false;
	}

	private retryLater(): false {
		this.retryTimer ??= setInterval(() => this.retry(), retryMs);
		return false;
	}

	private letGo(): void {
		if (this.retryTimer === undefined) return;
		clearInterval(this.retryTimer);
		this.retryTimer = undefined;
	}

	private broken(error: unknown): void {
		this.deps.log.info({ err: error, accountId: this.accountId }, 'a bad sync frame');
		this.close(closeCodes.badMessage, 'This frame is not well-formed');
	}

	private refuse(problem: Problem): void {
		this.write(syncMessages.refused, (encoder) => encoding.writeVarString(encoder, JSON.stringify(problem.details())));
	}

	private write(kind: number, fill: (encoder: encoding.Encoder) => void): void {
		this.send(frameOf(kind, fill));
	}

	private send(frame: Buffer): void {
		if (this.mayWrite()) this.outbox.add(frame);
	}

	/** Whether anything can be sent; ends a connection that reads too slowly. */
	private mayWrite(): boolean {
		if (this.isClosed || this.deps.socket.readyState !== 1) return false;
		if (this.outbox.backlogBytes <= limits.syncBacklogBytes) return true;
		this.close(closeCodes.tooSlow, 'Too slow');
		return false;
	}
}
