import { WebSocket } from 'ws';
import { parseMessage, parsePicture, type ComfyMessage, type ComfyPicture } from './messages.ts';

/** What is told of one prompt. */
export type PromptListener = { message(message: ComfyMessage): void; picture(picture: ComfyPicture): void };
export type NodeSocketOptions = {
	/** Of the server, over HTTP. */
	url: string;
	clientId: string;
	handshakeMs?: number;
	/** How long after something that must be told nothing may be heard. */
	deafMs?: number;
	/** How many prompts run and wait there, whoever sent them; told with every change. */
	onQueue?: (remaining: number) => void;
	/** It opened or closed. */
	onChange?: (isOpen: boolean) => void;
};
export type NodeSocket = ReturnType<typeof createNodeSocket>;

/** Longer words are none that a server tells, and reading them would hold up everything else. */
const longestText = 4 * 1024 * 1024;

const promptOf = ({ data }: ComfyMessage): string | undefined => ('prompt_id' in data ? data.prompt_id : undefined);

/**
 * The one socket to a server under a client id of our own; everything that is followed there is heard through it. It comes back by itself, later each time.
 * A server that has not yet noticed the end of the socket before this one deregisters this one when it does, and tells it nothing any more: whoever knows
 * that something must have been told says so by `expect`, and when nothing was, the socket is closed for good before another is opened.
 */
export function createNodeSocket({
	url,
	clientId,
	handshakeMs = 15_000,
	deafMs = 1500,
	onQueue,
	onChange,
}: NodeSocketOptions) {
	const address = `${url.replace(/^http/, 'ws')}/ws?clientId=${encodeURIComponent(clientId)}`;
	const listeners = new Map<string, PromptListener>();
	let socket: WebSocket | null = null;
	let again: NodeJS.Timeout | null = null;
	let doubt: NodeJS.Timeout | null = null;
	let isClosed = false;
	let tries = 0;
	let isGreeted = false;
	let greeted = Promise.withResolvers<void>();
	/** The prompt that runs, as told last; frames without a name are its. */
	let current: string | null = null;

	const heard = (): void => {
		if (doubt !== null) clearTimeout(doubt);
		doubt = null;
	};
	const tell = (message: ComfyMessage): void => {
		if (message.type === 'status') {
			isGreeted = true;
			greeted.resolve();
			onQueue?.(message.data.status.exec_info.queue_remaining);
			return;
		}
		const of = promptOf(message);
		if (of === undefined) return;
		if (message.type === 'execution_start' || message.type === 'progress') current = of;
		if (message.type === 'executing') current = message.data.node === null ? null : of;
		listeners.get(of)?.message(message);
	};
	const show = (picture: ComfyPicture): void => {
		// Behind a reconnect nothing says yet whose it is: of one that is followed alone it can only be that one's.
		const [only] = listeners.size === 1 ? listeners.keys() : [];
		const of = picture.promptId ?? current ?? only;
		if (of !== undefined) listeners.get(of)?.picture(picture);
	};
	const open = (): void => {
		again = null;
		if (isClosed) return;
		// Pictures do not get smaller by being packed again.
		const opened = new WebSocket(address, {
			handshakeTimeout: handshakeMs,
			maxPayload: 64 * 1024 * 1024,
			perMessageDeflate: false,
		});
		socket = opened;
		opened.on('open', () => {
			opened.send(JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } }));
			onChange?.(true);
		});
		opened.on('message', (bytes: Buffer, isBinary) => {
			heard();
			tries = 0;
			if (isBinary) {
				const picture = parsePicture(bytes);
				if (picture !== null) show(picture);
			} else if (bytes.length <= longestText) {
				const message = parseMessage(bytes.toString());
				if (message !== null) tell(message);
			}
		});
		opened.on('error', () => {});
		opened.on('close', () => {
			heard();
			socket = null;
			current = null;
			if (isGreeted) greeted = Promise.withResolvers<void>();
			isGreeted = false;
			onChange?.(false);
			if (!isClosed) again = setTimeout(open, Math.min(10_000, 100 * 2 ** tries++) * (0.75 + Math.random() / 2));
		});
	};
	open();
	return {
		clientId,
		isOpen: (): boolean => isGreeted,
		/** Resolves once it hears. */
		greeted: (): Promise<void> => greeted.promise,
		/** Hears of a prompt until the answer is called. */
		follow(promptId: string, listener: PromptListener): () => void {
			listeners.set(promptId, listener);
			return () => {
				if (listeners.get(promptId) === listener) listeners.delete(promptId);
			};
		},
		/** Something was told just now, or is about to be: when nothing is heard for a while, the socket is deaf and opened anew. */
		expect(): void {
			if (!isGreeted || doubt !== null) return;
			doubt = setTimeout(() => socket?.terminate(), deafMs);
		},
		/** Closes it, and waits until it is: only then may another be opened under its id. */
		async close(): Promise<void> {
			isClosed = true;
			heard();
			if (again !== null) clearTimeout(again);
			const last = socket;
			if (last === null) return;
			const ended = new Promise((resolve) => last.once('close', resolve));
			last.terminate();
			await ended;
		},
	};
}
