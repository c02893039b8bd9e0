import { setTimeout as wait } from 'node:timers/promises';
import { taskApi } from '../shared/src/task/api.ts';
import { allSucceeded, sampleProject, signUpBare, withProduct } from './product.ts';
import type { ProcessKind } from './product.ts';

const restMs = 15_000;

export const workload =
	'Resident memory (VmRSS) of the processes of `npm start`: at rest 15 s after the start; and at rest again, 15 s after the sample board was drawn and its film rendered.';

/** What the product holds in memory while nobody does anything. */
export default async function bench(tell: (line: string) => void): Promise<Record<string, number>> {
	return withProduct(async ({ url, memory }) => {
		const words = (sizes: Record<ProcessKind, number>) =>
			Object.entries(sizes)
				.map(([kind, megabytes]) => `${kind} ${Math.round(megabytes)}`)
				.join(', ');
		await wait(restMs);
		const idle = await memory();
		tell(`after the start: ${words(idle)} MB`);

		const { caller } = await signUpBare(url, 'Memory');
		const { id } = await sampleProject(caller);
		await caller.call(taskApi.generate, { params: { id }, body: {} });
		await allSucceeded(caller, id);
		await caller.call(taskApi.render, { params: { id }, body: {} });
		await allSucceeded(caller, id);
		await wait(restMs);
		const worked = await memory();
		tell(`after a board and a film: ${words(worked)} MB`);
		return {
			'memory.idle': idle.server + idle.worker,
			'memory.idle.mongod': idle.mongod,
			'memory.idle.launcher': idle.launcher,
			'memory.afterWork': worked.server + worked.worker,
			'memory.afterWork.mongod': worked.mongod,
		};
	});
}
