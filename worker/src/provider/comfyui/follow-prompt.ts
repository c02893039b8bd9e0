import { setTimeout as wait } from 'node:timers/promises';
import { ComfyError, type ComfyClient, type ComfyEntry } from './client.ts';
import { progressOf, type ComfyMessage, type ComfyPicture } from './messages.ts';

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
	promptId: string;
	clientId: string;
	/** How many nodes must run. */
	nodeCount: number;
	signal: AbortSignal;
	/** Sends the prompt, once the socket hears; left out for one that was sent before. */
	send?: (() => Promise<void>) | undefined;
	/** How often queue and history are asked although nothing was told. */
	pollMs: number;
	events: PromptEvents;
};

/**
 * Follows a prompt to its end: told by the server's socket, and by asking history and queue now and then, so that a deaf socket, a repeated or missing
 * message and a lagging history change nothing. Rejects with `PromptLost` when the server knows it no more, with `ComfyError` when it is away for long.
 */
export async function followPrompt({
	client,
	promptId,
	clientId,
	nodeCount,
	signal,
	send,
	pollMs,
	events,
}: Follow): Promise<ComfyEntry> {
	let current: string | null = promptId;
	let cached = 0;
	let node = '';
	let heard = 0;
	let ring: () => void = () => {};
	let greet: () => void = () => {};
	const greeted = new Promise<void>((resolve) => (greet = resolve));
	const onMessage = (message: ComfyMessage): void => {
		if (message.type === 'status') greet();
		const of = 'prompt_id' in message.data ? message.data.prompt_id : undefined;
		if (message.type === 'executing' && of !== undefined) current = message.data.node === null ? null : of;
		if (of !== promptId) return;
		heard++;
		if (message.type === 'execution_cached') cached = message.data.nodes.length;
		else if (message.type === 'executing' && message.data.node !== null) node = message.data.node;
		else if (message.type === 'progress_state')
			events.progress({ ...progressOf(message.data.nodes, nodeCount, cached), node });
		else if (message.type === 'executing' || message.type === 'execution_interrupted') ring();
	};
	const onPicture = ({ image, isWhole, promptId: of }: ComfyPicture): void => {
		if ((of ?? current) !== promptId) return;
		heard++;
		if (isWhole) events.whole(image);
		else events.preview(image);
	};
	const channel = client.listen(clientId, { message: onMessage, picture: onPicture });
	try {
		if (send !== undefined) {
			// What is told before the socket hears would be lost; without a socket the prompt goes its way all the same.
			const patience = new AbortController();
			await Promise.race([greeted, wait(2000, undefined, { signal: patience.signal }).catch(() => {})]);
			patience.abort();
			signal.throwIfAborted();
			await send();
		}
		let away = 0;
		let unknown = 0;
		let stalled = 0;
		for (;;) {
			signal.throwIfAborted();
			const before = heard;
			const rung = new Promise<void>((resolve) => (ring = resolve));
			try {
				const ended = await client.history(promptId);
				if (ended !== null) return ended;
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
			const turn = new AbortController();
			const pause = unknown > 0 ? Math.min(pollMs, 200) : pollMs;
			await Promise.race([
				rung,
				wait(pause, undefined, { signal: AbortSignal.any([signal, turn.signal]) }).catch(() => {}),
			]);
			turn.abort();
			// Nothing was heard of a prompt that runs: the socket may be deaf. Opening it anew costs nothing and tells which node runs.
			if (heard === before && away === 0 && unknown > 0) channel.reopen();
		}
	} finally {
		await channel.close();
	}
}
