import { setTimeout as wait } from 'node:timers/promises';
import { ComfyError, type ComfyClient, type ComfyEntry } from './client.ts';
import { progressOf, type ComfyMessage, type ComfyPicture } from './messages.ts';
import type { NodeSocket } from './node-socket.ts';

/** The server knows the prompt no more: it was started anew, or somebody took the prompt out. */
export class PromptLost extends Error {}

export type PromptEvents = {
	progress(about: { value: number; max: number; node: string }): void;
	preview(image: Uint8Array): void;
	/** A whole picture that a node sends instead of saving it. */
	whole(image: Uint8Array): void;
};
export type Follow = {
	client: ComfyClient;
	/** Hears under the client id that the prompt was sent with. */
	socket: NodeSocket;
	promptId: string;
	/** How many nodes must run. */
	nodeCount: number;
	signal: AbortSignal;
	/** Sends the prompt, once the socket hears; left out for one that was sent before. */
	send?: (() => Promise<void>) | undefined;
	/** How often queue and history are asked when nothing was told. */
	pollMs: number;
	events: PromptEvents;
};

/** While a prompt is told of, it is asked for so many times less often. */
const trustful = 5;

/**
 * Follows a prompt to its end: told by the server's socket, and by asking history and queue now and then, so that a deaf socket, a repeated or missing
 * message and a lagging history change nothing. Rejects with `PromptLost` when the server knows it no more, with `ComfyError` when it is away for long.
 */
export async function followPrompt({
	client,
	socket,
	promptId,
	nodeCount,
	signal,
	send,
	pollMs,
	events,
}: Follow): Promise<ComfyEntry> {
	let cached = 0;
	let node = '';
	let heard = 0;
	let hasEnded = false;
	let ring: () => void = () => {};
	const message = (told: ComfyMessage): void => {
		heard++;
		if (told.type === 'execution_cached') cached = told.data.nodes.length;
		else if (told.type === 'executing' && told.data.node !== null) node = told.data.node;
		else if (told.type === 'progress_state')
			events.progress({ ...progressOf(told.data.nodes, nodeCount, cached), node });
		else if (told.type === 'executing' || told.type === 'execution_interrupted') {
			hasEnded ||= told.type === 'executing';
			ring();
		}
	};
	const picture = ({ image, isWhole }: ComfyPicture): void => {
		heard++;
		if (isWhole) events.whole(image);
		else events.preview(image);
	};
	const unfollow = socket.follow(promptId, { message, picture });
	try {
		if (send !== undefined) {
			// What is told before the socket hears would be lost; without a socket the prompt goes its way all the same.
			const patience = new AbortController();
			await Promise.race([socket.greeted(), wait(2000, undefined, { signal: patience.signal }).catch(() => {})]);
			patience.abort();
			signal.throwIfAborted();
			await send();
		}
		let away = 0;
		let unknown = 0;
		let stalled = 0;
		for (;;) {
			signal.throwIfAborted();
			const rung = new Promise<void>((resolve) => (ring = resolve));
			try {
				const ended = await client.history(promptId);
				if (ended !== null) {
					// Its end was told to a socket that hears: when this one does not hear of it, it is deaf.
					if (!hasEnded) socket.expect();
					return ended;
				}
				const { running, pending } = await client.queue();
				away = 0;
				const isKnown = running.includes(promptId) || pending.includes(promptId);
				// It may have ended between the two questions; only the second time it is gone.
				unknown = isKnown ? 0 : unknown + 1;
				if (unknown > 2) throw new PromptLost('The server knows the prompt no more');
				// A server that runs nothing while something waits has lost its worker for good.
				stalled = running.length === 0 && pending.length > 0 ? stalled + 1 : 0;
				if (stalled > 5) throw new ComfyError('The server runs nothing of what waits', null);
			} catch (error) {
				if (!(error instanceof ComfyError) || ++away > 5 || stalled > 5) throw error;
			}
			const pause = unknown > 0 ? Math.min(pollMs, 200) : pollMs;
			for (let turn = 0; turn < trustful; turn++) {
				const before = heard;
				const over = new AbortController();
				const both = AbortSignal.any([signal, over.signal]);
				const isRung = await Promise.race([
					rung.then(() => true),
					wait(pause, false, { signal: both }).catch(() => true),
				]);
				over.abort();
				if (isRung || stalled > 0 || unknown > 0 || heard === before || !socket.isOpen()) break;
			}
		}
	} finally {
		unfollow();
	}
}
