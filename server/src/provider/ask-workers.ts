import type { Bus } from '@reelroom/shared/node/bus.ts';
import type { AskRecord, AskStore, AskWork } from '@reelroom/shared/node/stores/ask-store.ts';
import { Problem, problems, type ProblemCode } from '@reelroom/shared/problem.ts';

export type AskWorkersDeps = {
	asks: AskStore;
	bus: Bus;
	now: () => Date;
	newId: () => string;
	/** How long a worker may take to hear of it, and to answer. */
	takeMs?: number;
	answerMs?: number;
	/** How often it is looked at besides what the bus tells. */
	lookMs?: number;
};
export type AskWorkers = ReturnType<typeof createAskWorkers>;

const isCode = (code: string): code is ProblemCode => code in problems;

/** Makes the function that asks the workers for something and waits until one has done it. Throws what the worker threw, `unavailable` when nobody takes it. */
export function createAskWorkers({
	asks,
	bus,
	now,
	newId,
	takeMs = 10_000,
	answerMs = 60_000,
	lookMs = 1_000,
}: AskWorkersDeps) {
	return async (work: AskWork): Promise<void> => {
		const id = newId();
		const began = now().getTime();
		let hear: (record: AskRecord | null) => void = () => {};
		const unhear = bus.on('asks', (record) => {
			if (record._id === id) hear(record);
		});
		const ended = new Promise<AskRecord['problem']>((resolve, reject) => {
			hear = (record) => {
				const waitedMs = now().getTime() - began;
				if (record === null) reject(new Problem('unavailable', 'What was asked of a worker is gone'));
				else if (record.status === 'done' || record.status === 'failed') resolve(record.problem);
				else if (record.status === 'asked' && waitedMs > takeMs)
					reject(new Problem('unavailable', 'No worker is running'));
				else if (waitedMs > answerMs) reject(new Problem('unavailable', 'The worker does not answer'));
			};
		});
		// The bus may lose a word: what is stored is looked at as well.
		const looks = setInterval(
			() =>
				void asks
					.find(id)
					.then((record) => hear(record))
					.catch(() => {}),
			lookMs,
		);
		try {
			await asks.ask({ _id: id, work, at: now() });
			const problem = await ended;
			if (problem !== null) throw new Problem(isCode(problem.code) ? problem.code : 'internal', problem.detail);
		} finally {
			clearInterval(looks);
			unhear();
			await asks.remove(id);
		}
	};
}
