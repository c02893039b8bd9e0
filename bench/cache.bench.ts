import { generationApi } from '../shared/src/task/generation-api.ts';
import { taskApi } from '../shared/src/task/api.ts';
import { isFinished } from '../shared/src/task/task.ts';
import { setTimeout as wait } from 'node:timers/promises';
import { median, percentile } from './measure.ts';
import { sampleProject, signUpBare, withProduct } from './product.ts';

const times = 300;

export const workload =
	'`npm start` with nothing else to do: a picture with a seed is made once, then asked for 300 times more, one after the other — for its shot of the board, under an idempotency key as the studio sends it, and of words alone, each a take of its own: from the request to the answer that has the take.';

/** How soon somebody has a take that was made before. */
export default function bench(): Promise<Record<string, number>> {
	return withProduct(async ({ url }) => {
		const { caller } = await signUpBare(url, 'Bench');
		const { id } = await sampleProject(caller);
		const [sample] = (await caller.call(taskApi.generate, { params: { id }, body: {} })).tasks;
		const shotId = sample?.shotId ?? '';
		const words = { prompt: 'A lighthouse in the fog', seed: 7 };
		const ended = async (taskId: string): Promise<void> => {
			while (!isFinished((await caller.call(taskApi.read, { params: { id: taskId } })).status)) await wait(50);
		};
		const shots = async (key: string): Promise<boolean> => {
			const body = { shotIds: [shotId], seed: 7 };
			const { tasks } = await caller.call(taskApi.generate, { params: { id }, body, idempotencyKey: key });
			const [task] = tasks;
			if (task?.cached !== true) await ended(task?.id ?? '');
			return task?.cached === true && task.takeId !== null;
		};
		const prompts = async (): Promise<boolean> => {
			const task = await caller.call(generationApi.image, { body: words });
			if (task.cached !== true) await ended(task.id);
			return task.cached === true && task.imageUrl !== null;
		};
		await shots('the-first-of-the-bench');
		await prompts();
		const waits: Record<'shot' | 'words', number[]> = { shot: [], words: [] };
		for (let n = 0; n < times; n++)
			for (const [name, ask] of [
				['shot', () => shots(`bench-key-${String(n).padStart(6, '0')}`)],
				['words', prompts],
			] as const) {
				const began = performance.now();
				if (!(await ask())) throw new Error('It was made anew.');
				waits[name].push(performance.now() - began);
			}
		return {
			'cache.shot.p50': median(waits.shot),
			'cache.shot.p95': percentile(waits.shot, 0.95),
			'cache.words.p50': median(waits.words),
			'cache.words.p95': percentile(waits.words, 0.95),
		};
	});
}
