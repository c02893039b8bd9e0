import { limits } from '@reelroom/shared/limits.ts';
import { createThreads, TooMuch, type Threads } from '@reelroom/shared/node/threads.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { ScriptJobs } from './script-job.ts';

/** Reads and sets scripts beside the main thread. */
export type ScriptThreads = Threads<ScriptJobs>;

const words: Record<TooMuch['of'], string> = {
	time: 'It takes too long to read or to set; try a smaller file',
	memory: 'It takes too much room to read',
};

/** Runs jobs on at most two threads; one that takes too long or too much is ended, and its job refused. */
export function createScriptThreads(limitMs: number = limits.scriptFileMs): ScriptThreads {
	const threads = createThreads<ScriptJobs>({
		module: new URL('./script-thread.ts', import.meta.url),
		most: 2,
		limitMs,
		memoryMb: 384,
	});
	return {
		...threads,
		run: (name, input) =>
			threads.run(name, input).catch((error: unknown) => {
				throw error instanceof TooMuch ? new Problem('too-large', words[error.of], { cause: error }) : error;
			}),
	};
}
