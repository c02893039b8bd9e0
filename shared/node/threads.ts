import { Worker } from 'node:worker_threads';
import { Problem, type ProblemCode } from '../src/problem.ts';

/** What can be asked of the threads of one kind: by name, what goes in and what comes out. */
export type Jobs = Record<string, { input: unknown; output: unknown }>;
export type Threads<J> = {
	/** Does a job on one of the threads. Of one `asker` one job is done at a time, so that nobody has all the threads. */
	run<Name extends keyof J & string>(
		name: Name,
		input: (J[Name] & Jobs[string])['input'],
		asker?: string,
	): Promise<(J[Name] & Jobs[string])['output']>;
	close(): Promise<void>;
};
/** A job took longer, or more memory, than one may. */
export class TooMuch extends Error {
	override name = 'TooMuch';
	readonly of: 'time' | 'memory';

	constructor(of: TooMuch['of']) {
		super(`The job took too much ${of}`);
		this.of = of;
	}
}

/** What a thread answers. */
export type Answer =
	{ result: unknown } | { problem: { code: ProblemCode; detail: string | undefined } } | { bug: string };
type Waiting = {
	name: string;
	input: unknown;
	asker: string | undefined;
	resolve: (result: never) => void;
	reject: (error: unknown) => void;
};

export type ThreadsOptions = {
	/** The module that answers jobs, by `answerJobs`. */
	module: URL;
	/** Most threads at a time. */
	most: number;
	limitMs: number;
	memoryMb: number;
};

const idleMs = 15_000;

/**
 * Does jobs beside the main thread, on threads that end when there is nothing to do. A job that takes too much is ended with its thread and rejects with `TooMuch`; a thread
 * that dies takes the job with it that it was doing, and no other.
 */
export function createThreads<J>({ module, most, limitMs, memoryMb }: ThreadsOptions): Threads<J> {
	const queue: Waiting[] = [];
	const idle = new Set<Worker>();
	const all = new Set<Worker>();
	const busy = new Set<string>();
	let closed = false;

	function start(): Worker {
		const worker = new Worker(module, {
			execArgv: ['--disable-warning=ExperimentalWarning'],
			resourceLimits: { maxOldGenerationSizeMb: memoryMb },
		});
		all.add(worker);
		worker.once('exit', () => {
			all.delete(worker);
			idle.delete(worker);
			next();
		});
		// Told to the job that runs; without one there is nobody to tell.
		worker.on('error', () => undefined);
		return worker;
	}

	function next(): void {
		const at = queue.findIndex(({ asker }) => asker === undefined || !busy.has(asker));
		const [free] = idle;
		if (at === -1 || (free === undefined && all.size >= most)) return;
		const [waiting] = queue.splice(at, 1) as [Waiting];
		const worker = free ?? start();
		idle.delete(worker);
		give(worker, waiting);
	}

	function give(worker: Worker, { name, input, asker, resolve, reject }: Waiting): void {
		if (asker !== undefined) busy.add(asker);
		const tooMuch = (of: TooMuch['of']): void => {
			done();
			void worker.terminate();
			reject(new TooMuch(of));
		};
		const timer = setTimeout(() => tooMuch('time'), limitMs);
		const failed = (error: Error & { code?: string }): void => {
			if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') return tooMuch('memory');
			done();
			reject(error);
		};
		const ended = (): void => {
			done();
			reject(closed ? new Problem('unavailable') : new Error('the thread ended'));
		};
		const answered = (answer: Answer): void => {
			done();
			rest(worker);
			if ('result' in answer) resolve(answer.result as never);
			else if ('problem' in answer) reject(new Problem(answer.problem.code, answer.problem.detail));
			else reject(new Error(`the job "${name}" could not be done`, { cause: answer.bug }));
			next();
		};
		const done = (): void => {
			clearTimeout(timer);
			if (asker !== undefined) busy.delete(asker);
			worker.off('message', answered).off('error', failed).off('exit', ended);
		};
		worker.on('message', answered).on('error', failed).on('exit', ended);
		worker.postMessage({ name, input });
	}

	function rest(worker: Worker): void {
		idle.add(worker);
		setTimeout(() => {
			if (idle.has(worker) && queue.length === 0) {
				idle.delete(worker);
				void worker.terminate();
			}
		}, idleMs).unref();
	}

	return {
		run(name, input, asker) {
			if (closed) return Promise.reject(new Problem('unavailable'));
			return new Promise((resolve, reject) => {
				queue.push({ name, input, asker, resolve, reject });
				next();
			});
		},
		async close() {
			closed = true;
			for (const { reject } of queue.splice(0)) reject(new Problem('unavailable'));
			await Promise.all([...all].map((worker) => worker.terminate()));
		},
	};
}
