import { Awareness } from 'y-protocols/awareness';
import { createEncoder, toUint8Array, writeVarUint } from 'lib0/encoding';
import { writeSyncStep1 } from 'y-protocols/sync';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { readDurable, readPacked, readRefused } from '@reelroom/shared/live/durable.ts';
import type { ProblemDetails } from '@reelroom/shared/problem.ts';
import { closeCodes, packedParameter, syncMessages } from '@reelroom/shared/live/protocol.ts';
import { KeptDocument } from '#lib/offline/kept-document.ts';

/** So often an edit that no server reads is sent again before it is given up. */
const mostUnread = 5;
/** Longer than this nobody waits for what the device keeps. */
const deviceMs = 3_000;
/** So long a server may take to answer while the browser says that there is no network. */
const doubtMs = 1_000;

/** What the save mark shows. */
export type SaveState = 'loading' | 'saved' | 'saving' | 'offline' | 'refused';

export type LiveDocumentOptions = {
	/** `ws://host/sync` or `wss://host/sync`. */
	url: string;
	projectId: string;
	user: { id: string; name: string; colour?: string };
	/** Fetches a ticket for one connection. */
	getTicket(): Promise<string>;
	/** How long this device may take to tell what it keeps. */
	deviceMs?: number;
	/** For places without a WebSocket of their own. */
	WebSocket?: typeof WebSocket;
};

type Decoder = Parameters<typeof readDurable>[0];

/** An edit that is not known to be kept by the server; `frame` is the one that carried it, `nth` counts the edits made here. */
type Waiting = { nth: number; frame: number | null };

/** The live document of a project as a browser holds it: kept on this device, in step with the server, telling truthfully what is saved. */
export class LiveDocument {
	readonly doc = new Y.Doc();
	readonly awareness = new Awareness(this.doc);
	/** False once the server has refused an edit, until it is asked again by the next connection: the role only reads, or the project is full. */
	canEdit = true;
	/** The problem details of that refusal. */
	refusal: ProblemDetails | null = null;
	/** The close code when the server will have no more of this connection: 4401 sign in, 4403 not allowed, 4404 gone, 1009 too large an edit. */
	closedFor: number | null = null;
	private readonly options: LiveDocumentOptions;
	private readonly provider: WebsocketProvider;
	private readonly device: KeptDocument;
	private readonly listeners = new Set<() => void>();
	private waiting: Waiting[] = [];
	private made = 0;
	private sentFrames = 0;
	private answerFrame: number | null = null;
	private isAnswerDurable = false;
	private readonly durableClocks = new Map<number, number>();
	private isLoaded = false;
	private isHeld = false;
	private isDestroyed = false;
	private takesPacked = typeof DecompressionStream !== 'undefined';
	private retryTimer: ReturnType<typeof setTimeout> | undefined;
	private doubtTimer: ReturnType<typeof setTimeout> | undefined;
	private attempts = 0;
	/** Frames in a row that a server would not read. */
	private unread = 0;

	constructor(options: LiveDocumentOptions) {
		this.options = options;
		this.awareness.setLocalStateField('user', options.user);
		const Socket = this.countingSocket(options.WebSocket ?? WebSocket);
		this.provider = new WebsocketProvider(options.url, options.projectId, this.doc, {
			connect: false,
			awareness: this.awareness,
			disableBc: true,
			WebSocketPolyfill: Socket,
			// Every connection needs a fresh ticket, so coming back is done here.
			shouldReconnect: () => false,
		});
		this.provider.messageHandlers[syncMessages.durable] = (_encoder, decoder) => this.onDurable(decoder);
		this.provider.messageHandlers[syncMessages.refused] = (_encoder, decoder) => this.onRefused(decoder);
		this.provider.messageHandlers[syncMessages.packed] = (_encoder, decoder) => void this.onPacked(decoder);
		this.provider.on('connection-close', (event) => this.onClose(event?.code ?? null));
		this.provider.on('sync', this.changed);
		this.doc.on('update', this.onUpdate);
		if (typeof window !== 'undefined') {
			window.addEventListener('offline', this.onOffline);
			window.addEventListener('online', this.onOnline);
			window.addEventListener('pagehide', this.onLeave);
		}
		this.device = new KeptDocument({
			name: `reelroom/${options.user.id}/${options.projectId}`,
			doc: this.doc,
			made: () => this.made,
			changed: this.changed,
		});
		void this.open(options.deviceMs ?? deviceMs);
	}

	/** A socket learns late that its network has gone. A server on this very machine is still there, so it is asked before anything is believed. */
	private readonly onOffline = (): void => {
		const { provider } = this;
		if (!provider.wsconnected || provider.ws === null) return;
		const { ws, wsLastMessageReceived: heard } = provider;
		const question = createEncoder();
		writeVarUint(question, syncMessages.sync);
		writeSyncStep1(question, this.doc);
		ws.send(toUint8Array(question));
		clearTimeout(this.doubtTimer);
		this.doubtTimer = setTimeout(() => {
			if (provider.ws === ws && provider.wsLastMessageReceived === heard) provider.disconnect();
		}, doubtMs);
	};

	private readonly onOnline = (): void => {
		if (this.retryTimer === undefined) return;
		clearTimeout(this.retryTimer);
		this.retryTimer = undefined;
		void this.connect();
	};

	/** Reads what this device keeps, then connects. A device that has no room, or whose answer does not come, must not keep anybody from the server. */
	private async open(waitMs: number): Promise<void> {
		let isConnecting = false;
		const connect = (): void => {
			clearTimeout(timer);
			if (!isConnecting) void this.connect();
			isConnecting = true;
		};
		const timer = setTimeout(connect, waitMs);
		if (await this.device.open()) {
			this.isLoaded = true;
			this.changed();
		}
		connect();
	}

	/** What this window can no longer send itself another one takes from the device. */
	private readonly onLeave = (): void => {
		if (this.waiting.length > 0) this.device.leave();
	};

	/** `saved` only when the server's journal holds every edit of this device. */
	get saveState(): SaveState {
		if (!this.provider.wsconnected) return this.isLoaded || this.attempts > 0 ? 'offline' : 'loading';
		if (this.refusal !== null) return 'refused';
		if (!this.provider.synced) return this.isLoaded ? 'saving' : 'loading';
		const isKept = this.isAnswerDurable && this.waiting.length === 0 && this.isOwnClockDurable();
		return isKept && !this.isHeld ? 'saved' : 'saving';
	}

	/** While something typed waits outside of the document, as half a word of an input method does, nothing is called saved. */
	hold(isHeld: boolean): void {
		if (this.isHeld === isHeld) return;
		this.isHeld = isHeld;
		this.changed();
	}

	/** How many edits the server is not known to have. */
	get pendingChanges(): number {
		return this.waiting.length;
	}

	/** Whether this device keeps what is written, for a later visit. */
	get isKeptHere(): boolean {
		return this.device.isKept;
	}

	/** Whether it is known that this device keeps nothing. */
	get keepsNothing(): boolean {
		return this.device.keepsNothing;
	}

	/** How many of these this device has written down. */
	get keptChanges(): number {
		return this.waiting.filter(({ nth }) => nth <= this.device.written).length;
	}

	/** Calls back whenever the save mark may have changed; the answer ends it. */
	onChange(callback: () => void): () => void {
		this.listeners.add(callback);
		return () => this.listeners.delete(callback);
	}

	/** Leaves the document; what was not sent stays on this device. */
	async destroy(): Promise<void> {
		if (this.isDestroyed) return;
		this.isDestroyed = true;
		clearTimeout(this.retryTimer);
		clearTimeout(this.doubtTimer);
		if (typeof window !== 'undefined') {
			window.removeEventListener('offline', this.onOffline);
			window.removeEventListener('online', this.onOnline);
			window.removeEventListener('pagehide', this.onLeave);
		}
		this.onLeave();
		this.listeners.clear();
		this.provider.destroy();
		this.awareness.destroy();
		await this.device.close();
		this.doc.destroy();
	}

	private readonly changed = (): void => {
		for (const listener of this.listeners) listener();
	};

	private async connect(): Promise<void> {
		if (this.isDestroyed) return;
		try {
			const ticket = await this.options.getTicket();
			await Promise.race([this.device.takeIn(), new Promise((resolve) => setTimeout(resolve, deviceMs))]);
			this.provider.params = this.takesPacked ? { ticket, [packedParameter]: '1' } : { ticket };
		} catch {
			// Offline, or the server is away: the same remedy, later.
			return this.connectLater();
		}
		if (this.isDestroyed) return;
		// A new clock, or others would go on taking us for gone.
		this.awareness.setLocalState(this.awareness.getLocalState());
		this.provider.connect();
	}

	private connectLater(): void {
		clearTimeout(this.retryTimer);
		const waitMs = Math.min(200 * 2 ** Math.min(this.attempts, 5), 5_000) * (0.5 + Math.random() / 2);
		this.attempts++;
		this.retryTimer = setTimeout(() => {
			this.retryTimer = undefined;
			void this.connect();
		}, waitMs);
		this.changed();
	}

	private onClose(code: number | null): void {
		this.sentFrames = 0;
		this.answerFrame = null;
		this.isAnswerDurable = false;
		this.refusal = null;
		this.canEdit = true;
		this.durableClocks.clear();
		for (const edit of this.waiting) edit.frame = null;
		// 1009: an edit larger than a frame may be. Coming back would send it again and be closed again, for ever.
		// A frame that one server cannot judge yet, while another has just died, is no bad frame: it is asked again.
		const mayPass = code === closeCodes.badMessage && ++this.unread <= mostUnread;
		if (code !== null && !mayPass && (code === 1009 || (code >= 4400 && code < 4500))) {
			this.provider.shouldConnect = false;
			this.closedFor = code;
			this.attempts++;
		} else if (!this.isDestroyed) {
			// A close of our own watchdog would let the provider come back with a spent ticket.
			this.provider.shouldConnect = false;
			this.connectLater();
		}
		// The provider changes its own state only after this event.
		queueMicrotask(this.changed);
		this.device.ask();
	}

	private readonly onUpdate = (_update: Uint8Array, origin: unknown): void => {
		if (origin === this.provider || this.device.isOrigin(origin)) return;
		// The provider, which listens first, has just put it into a frame if it could.
		const isSent = this.provider.wsconnected && this.sentFrames > 0;
		this.waiting.push({ nth: ++this.made, frame: isSent ? this.sentFrames : null });
		// The device's store, which listens next, is only then given it.
		if (!isSent) queueMicrotask(() => this.device.ask());
		this.changed();
	};

	private onDurable(decoder: Decoder): void {
		const { clocks, frames } = readDurable(decoder);
		for (const [clientId, clock] of clocks) this.durableClocks.set(clientId, clock);
		this.attempts = 0;
		this.isLoaded = true;
		if (this.answerFrame !== null && frames >= this.answerFrame) this.isAnswerDurable = true;
		this.waiting = this.waiting.filter((edit) => edit.frame === null || edit.frame > frames);
		if (this.waiting.length === 0) this.unread = 0;
		this.changed();
	}

	/** The whole document at once. */
	private async onPacked(decoder: Decoder): Promise<void> {
		const { provider } = this;
		const connection = provider.ws;
		try {
			const update = await inflate(readPacked(decoder));
			if (this.isDestroyed) return;
			Y.applyUpdateV2(this.doc, update, provider);
		} catch {
			// Whatever this browser makes of it: it comes back and is told plainly.
			this.takesPacked = false;
			return connection?.close();
		}
		// Who has lost the connection meanwhile is in step only with what the next one tells.
		if (provider.ws === connection && provider.wsconnected) provider.synced = true;
	}

	private onRefused(decoder: Decoder): void {
		this.refusal = readRefused(decoder);
		this.canEdit = false;
		this.changed();
	}

	private isOwnClockDurable(): boolean {
		const own = Y.getState(this.doc.store, this.doc.clientID);
		return own <= (this.durableClocks.get(this.doc.clientID) ?? 0);
	}

	/** A WebSocket that counts the frames with edits, as the server counts those it took. */
	private countingSocket(Base: typeof WebSocket): typeof WebSocket {
		const sending = (data: unknown): void => {
			if (!(data instanceof Uint8Array) || data[0] !== syncMessages.sync) return;
			if (data[1] !== 1 && data[1] !== 2) return;
			this.sentFrames++;
			if (data[1] !== 1) return;
			// The answer to the server's question holds every edit it does not have yet.
			this.answerFrame = this.sentFrames;
			for (const edit of this.waiting) edit.frame ??= this.sentFrames;
		};
		return class extends Base {
			override send(data: Parameters<WebSocket['send']>[0]): void {
				sending(data);
				super.send(data);
			}
		};
	}
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
	const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
	return new Uint8Array(await new Response(inflated).arrayBuffer());
}
