import type { Bus } from '@reelroom/shared/node/bus.ts';
import type { AskRecord, AskStore, AskWork } from '@reelroom/shared/node/stores/ask-store.ts';
import { Problem, problems, type ProblemCode } from '@reelroom/shared/problem.ts';

export type AskWorkersDeps = {
	asks: AskStore;
	bus: Bus;
	now: () => Date;
	newId: () => string;
	/** How long a worker may take to hear of it, and how long it may be silent. */
	takeMs?: number;
	silentMs?: number;
	/** How often what is stored is looked at besides what the bus tells. */
	lookMs?: number;
};
export type AskWorkers = ReturnType<typeof createAskWorkers>;

const isCode = (code: string): code is ProblemCode => code in problems;
/** The problem of an ask that has one; null for one that is well or still under way. */
const problemOfAsk = ({ problem }: AskRecord): Problem | null =>
	problem === null ? null : new Problem(isCode(problem.code) ? problem.code : 'internal', problem.detail);
export const isEnded = ({ status }: AskRecord): boolean => status === 'done' || status === 'failed';

/** Asks workers for things. Whichever hears it first does it; when nobody takes it, or whoever did falls silent, that is `unavailable`. */
export function createAskWorkers({
	asks,
	bus,
	now,
	newId,
	takeMs = 10_000,
	silentMs = 60_000,
	lookMs = 1_000,
}: AskWorkersDeps) {
	/** Throws for what nobody works on. */
	function mustBeAlive(record: AskRecord | null): AskRecord {
		if (record === null) throw new Problem('not-found');
		if (isEnded(record)) return record;
		const silentFor = now().getTime() - record.touchedAt.getTime();
		if (record.status === 'asked' && silentFor > takeMs) throw new Problem('unavailable', 'No worker is running');
		if (silentFor > silentMs) throw new Problem('unavailable', 'The worker does not answer');
		return record;
	}
	/** Waits until an ask is as wished, or for a time: answers it as it then is. */
	async function waitFor(
		id: string,
		isWished: (record: AskRecord) => boolean,
		mostMs: number,
		signal?: AbortSignal,
	): Promise<AskRecord> {
		const endsAt = now().getTime() + mostMs;
		let looks: NodeJS.Timeout | undefined;
		let unhear = (): void => {};
		try {
			return await new Promise<AskRecord>((resolve, reject) => {
				const left = (): void => reject(signal?.reason instanceof Error ? signal.reason : new Problem('unavailable'));
				if (signal?.aborted === true) return left();
				signal?.addEventListener('abort', left, { once: true });
				const see = (record: AskRecord | null): void => {
					try {
						const alive = mustBeAlive(record);
						if (isWished(alive) || now().getTime() >= endsAt) resolve(alive);
					} catch (error) {
						reject(error instanceof Error ? error : new Error(String(error)));
					}
				};
				// The bus may lose a word: what is stored is looked at as well.
				const look = (): void => void asks.find(id).then(see, reject);
				unhear = bus.on('asks', (record) => {
					if (record._id === id) see(record);
				});
				looks = setInterval(look, lookMs);
				look();
			});
		} finally {
			clearInterval(looks);
			unhear();
		}
	}
	return {
		waitFor,
		/** Asks, and answers the id under which it can be waited for. */
		async begin(work: AskWork, about: { projectId: string | null; askedBy: string } | null = null): Promise<string> {
			const id = newId();
			const { projectId, askedBy } = about ?? { projectId: null, askedBy: null };
			await asks.ask({ _id: id, work, projectId, askedBy, at: now() });
			return id;
		},
		/**
		 * Asks for something and waits until it is done, at most so long; answers what the worker wrote. Throws what the worker threw, and `time-limit`. Whatever
		 * ends the waiting ends the work.
		 */
		async finish(
			work: AskWork,
			{ mostMs = silentMs, askedBy, signal }: { mostMs?: number; askedBy?: string; signal?: AbortSignal } = {},
		): Promise<string> {
			const id = await this.begin(work, askedBy === undefined ? null : { projectId: null, askedBy });
			try {
				const record = await waitFor(id, isEnded, mostMs, signal);
				const problem = problemOfAsk(record);
				if (problem !== null) throw problem;
				if (!isEnded(record)) throw new Problem('time-limit');
				return record.text;
			} finally {
				await asks.remove(id);
			}
		},
	};
}
