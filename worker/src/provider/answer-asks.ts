import type { Bus } from '@reelroom/shared/node/bus.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { AskRecord, AskStore, AskWork } from '@reelroom/shared/node/stores/ask-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';

/** What comes of an ask: words, or nothing but that it is done. */
export type Answered = { text?: string };
type Tell = (text: string) => void;
/** What does one kind of work. It stops when the signal is aborted: nobody wants it any more. */
export type Answerers = {
	[Kind in AskWork['kind']]: (
		work: Extract<AskWork, { kind: Kind }>,
		about: { tell: Tell; signal: AbortSignal },
	) => Promise<Answered>;
};
export type AnswerAsksDeps = {
	asks: AskStore;
	answerers: Answerers;
	bus: Bus;
	log: Log;
	workerId: string;
	now: () => Date;
};
/** What was asked longer ago nobody waits for. */
const freshMs = 30_000;
/** Words are told at most this often. */
const tellMs = 80;

/** Hears what servers ask and does it; of several workers one takes it. `close` ends what is under way. */
export function answerAsks({ asks, answerers, bus, log, workerId, now }: AnswerAsksDeps) {
	/** Tells the newest words only, one telling at a time, and stops the work when nobody wants them. */
	function createTeller(id: string, stop: AbortController): { tell: Tell; settled: () => Promise<void> } {
		let newest: string | null = null;
		let telling: Promise<void> | null = null;
		const run = async (): Promise<void> => {
			while (newest !== null && !stop.signal.aborted) {
				const text = newest;
				newest = null;
				if (!(await asks.tell(id, workerId, text, now()))) stop.abort(new Error('Nobody wants it any more'));
				await new Promise((resolve) => setTimeout(resolve, tellMs));
			}
		};
		return {
			tell: (text) => {
				newest = text;
				telling ??= run()
					.catch((error: unknown) => log.warn({ err: error, askId: id }, 'words were not told'))
					.finally(() => (telling = null));
			},
			settled: async () => void (await telling),
		};
	}
	const answer = async ({ _id: id, work }: AskRecord, stop: AbortController): Promise<void> => {
		const { tell, settled } = createTeller(id, stop);
		try {
			const about = { tell, signal: stop.signal };
			const { text } = await (work.kind === 'check-credential'
				? answerers['check-credential'](work, about)
				: work.kind === 'take-clip'
					? answerers['take-clip'](work, about)
					: answerers['write-text'](work, about));
			await settled();
			await asks.end(id, workerId, { problem: null, ...(text === undefined ? {} : { text }) }, now());
		} catch (error) {
			if (stop.signal.aborted) return;
			const problem = error instanceof Problem ? error : new Problem('internal');
			if (problem !== error) log.error({ err: error, askId: id }, 'what a server asked for failed');
			await asks.end(id, workerId, { problem: { code: problem.code, detail: problem.message } }, now());
		}
	};
	const underWay = new Map<AbortController, Promise<void>>();
	const begin = (id: string): void => {
		const stop = new AbortController();
		const turn = asks
			.take(id, workerId, now())
			.then((taken) => (taken === null ? undefined : answer(taken, stop)))
			.catch((error: unknown) => log.warn({ err: error, askId: id }, 'what a server asked for was not answered'))
			.finally(() => underWay.delete(stop));
		underWay.set(stop, turn);
	};
	const unhear = bus.on('asks', ({ _id, status }) => {
		if (status === 'asked') begin(_id);
	});
	// What was asked while nobody heard.
	const first = asks
		.waiting(new Date(now().getTime() - freshMs))
		.then((waiting) => waiting.forEach(({ _id }) => begin(_id)))
		.catch((error: unknown) => log.warn({ err: error }, 'what servers had asked for was not read'));
	return {
		async close(): Promise<void> {
			unhear();
			await first;
			for (const stop of underWay.keys()) stop.abort(new Error('closing'));
			await Promise.all(underWay.values());
		},
	};
}
