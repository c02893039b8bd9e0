import { Worker } from 'node:worker_threads';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { ScriptAnswer, ScriptJob, ScriptJobName, ScriptJobs } from './script-job.ts';

/** Reads and sets scripts beside the main thread. */
export type ScriptThreads = {
	run<Name extends ScriptJobName>(name: Name, input: ScriptJobs[Name]['input']): Promise<ScriptJobs[Name]['output']>;
	close(): Promise<void>;
};

const threads = 2;
const idleMs = 15_000;
const memoryMb = 384;

type Waiting = { job: ScriptJob; resolve: (result: unknown) => void; reject: (error: unknown) => void };

/** Runs jobs on at most two threads, which end when nothing is to do; one that takes too long or too much is ended, and its job refused. */
export function createScriptThreads(limitMs: number = limits.scriptFileMs): ScriptThreads {
	const queue: Waiting[] = [];
	const idle = new Set<Worker>();
	const all = new Set<Worker>();
	let closed = false;

	function start(): Worker {
		const worker = new Worker(new URL('./script-thread.ts', import.meta.url), {
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
		const waiting = queue[0];
		if (waiting === undefined) return;
		const [free] = idle;
		if (free === undefined && all.size >= threads) return;
		queue.shift();
		const worker = free ?? start();
		idle.delete(worker);
		give(worker, waiting);
	}

	function give(worker: Worker, { job, resolve, reject }: Waiting): void {
		const tooMuch = (detail: string): void => {
			done();
			void worker.terminate();
			reject(new Problem('too-large', detail));
		};
		const timer = setTimeout(() => tooMuch('It takes too long to read or to set; try a smaller file'), limitMs);
		const failed = (error: Error & { code?: string }): void => {
			if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') return tooMuch('It takes too much room to read');
			done();
			reject(error);
		};
		const ended = (): void => {
			done();
			reject(closed ? new Problem('unavailable') : new Error('the thread of script files ended'));
		};
		const answered = (answer: ScriptAnswer): void => {
			done();
			rest(worker);
			if ('result' in answer) resolve(answer.result);
			else if ('problem' in answer) reject(new Problem(answer.problem.code, answer.problem.detail));
			else reject(new Error('a script file could not be worked on', { cause: answer.bug }));
			next();
		};
		const done = (): void => {
			clearTimeout(timer);
			worker.off('message', answered).off('error', failed).off('exit', ended);
		};
		worker.on('message', answered).on('error', failed).on('exit', ended);
		worker.postMessage(job);
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
		run(name, input) {
			if (closed) return Promise.reject(new Problem('unavailable'));
			return new Promise((resolve, reject) => {
				queue.push({ job: { name, input } as ScriptJob, resolve: resolve as (result: unknown) => void, reject });
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
