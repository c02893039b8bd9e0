import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Duplex } from 'node:stream';
import * as sync from 'y-protocols/sync';
import type { WebSocket } from 'ws';
import { limits } from '@reelroom/shared/limits.ts';
import { closeCodes, syncMessages } from '@reelroom/shared/live/protocol.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import { can, type Role } from '@reelroom/shared/workspace/access.ts';
import { Allowance } from './allowance.ts';
import { hasNews } from './check-update.ts';
import type { DocumentLife } from './document-life.ts';
import { durableFrame, frameOf, pingFrame } from './frames.ts';
import { HeldEdits } from './held-edits.ts';
import { Outbox, type Outboxes } from './outbox.ts';
import type { Peer } from './peer.ts';
import { encodePresence, readPresence, type Presence } from './presence.ts';
import { SessionAnswers } from './session-answers.ts';
import type { WorkTime } from './work-time.ts';

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
	/** Whether it was sent the stored form of the document already. */
	hasStored: boolean;
	log: Log;
};

/** More of one connection are read only after everybody else had their turn. */
const mostFramesPerTurn = 150;
/** What waits to be taken before more is read. */
const mostHeldBytes = 32 * 1024;

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
	/** What came in one piece with the frame that had to wait. */
	private later: Uint8Array[] = [];
	private isAlive = true;
	private isClosed = false;
	private readonly answers: SessionAnswers;
	private readonly held: HeldEdits;

	constructor(deps: SessionDeps) {
		this.deps = deps;
		this.accountId = deps.accountId;
		this.signInId = deps.signInId;
		this.role = deps.role;
		this.mayEdit = can(deps.role, 'document.edit');
		this.outbox = new Outbox(deps.wire, deps.outboxes);
		const isClosed = () => this.isClosed;
		this.answers = new SessionAnswers({ ...deps, isClosed, write: (kind, fill) => this.write(kind, fill) });
		this.held = new HeldEdits({
			...deps,
			peer: this,
			isClosed,
			refuse: (problem) => this.sendAway(problem),
			broken: (error) => this.broken(error),
		});
	}

	get isOffering(): boolean {
		return this.held.isOffering;
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
			for (const frame of this.later.splice(0)) this.readNow(frame);
			this.held.leave(!this.isClosed);
			this.isClosed = true;
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
		this.outbox.addPatiently(durableFrame(clocks, frames));
	}

	caughtUp(): void {
		if (this.isHeldBack && !this.deps.life.isBehind) this.goOn();
	}

	close(code: number, reason: string): void {
		const { socket } = this.deps;
		if (this.isClosed) return;
		this.isClosed = true;
		this.held.letGo();
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
		if (this.isHeldBack) this.later.push(frame);
		else this.readNow(frame);
	}

	private readNow(frame: Uint8Array): void {
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
		if (!isShort || frame.length !== length + 3 || !this.held.isEmpty || !this.mayEdit) return false;
		if (!this.deps.life.takeTyping(this, frame.subarray(3))) return false;
		this.slowDown(frame.length);
		return true;
	}

	/** Slows a flood of edits down: some frames a turn, so that others come in between, and none while the journal is behind. */
	private slowDown(bytes: number): void {
		const waitMs = this.allowance.takeEdit(bytes);
		this.framesThisTurn++;
		if (this.isHeldBack) return;
		const isBehind = this.deps.life.isBehind || this.held.bytes > mostHeldBytes;
		if (waitMs === 0 && !isBehind && this.framesThisTurn < mostFramesPerTurn) return;
		this.isHeldBack = true;
		this.deps.socket.pause();
		if (waitMs > 0) setTimeout(() => this.goOn(), waitMs);
		else if (!isBehind) setImmediate(() => this.goOn());
	}

	private readonly goOn = (): void => {
		this.isHeldBack = false;
		this.framesThisTurn = 0;
		const { later } = this;
		this.later = [];
		for (const frame of later) this.read(frame);
		if (!this.isHeldBack && !this.isClosed) this.deps.socket.resume();
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
				this.answers.ask(bytes).catch(() => this.close(closeCodes.goingAway, 'Changes cannot be kept now'));
			} else if (step === sync.messageYjsSyncStep2 || step === sync.messageYjsUpdate) this.take(bytes, step);
			else throw new Error(`No such step: ${step}`);
		} else throw new Error(`No such message: ${kind}`);
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
			if (!this.held.add(update, step === sync.messageYjsSyncStep2)) this.close(closeCodes.tooMany, 'Too much at once');
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
		this.held.retry();
	}

	/** An edit could not be taken. */
	private sendAway(problem: Problem): void {
		if (problem.code === 'unavailable') this.close(closeCodes.goingAway, 'Not ready');
		else if (problem.code === 'too-many-requests') this.close(closeCodes.tooMany, problem.detail ?? 'Too much at once');
		else this.refuse(problem);
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
