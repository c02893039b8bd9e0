import { parentPort } from 'node:worker_threads';
import { Problem } from '../src/problem.ts';
import type { Answer, Jobs } from './threads.ts';

/** How each job is done; of what only some need it imports it when it is first asked. */
type Work<J> = {
	[Name in keyof J]: (
		input: (J[Name] & Jobs[string])['input'],
	) => (J[Name] & Jobs[string])['output'] | Promise<(J[Name] & Jobs[string])['output']>;
};

/** Makes this thread one that does jobs, one after the other, each answered exactly once. */
export function answerJobs<J>(work: Work<J>): void {
	const answer = async ({ name, input }: { name: keyof J; input: never }): Promise<Answer> => {
		try {
			return { result: await work[name](input) };
		} catch (error) {
			if (error instanceof Problem) return { problem: { code: error.code, detail: error.detail } };
			return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
		}
	};
	parentPort?.on('message', (job: { name: keyof J; input: never }) => {
		void answer(job).then((reply) => parentPort?.postMessage(reply));
	});
}
