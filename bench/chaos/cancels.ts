import { setTimeout as wait } from 'node:timers/promises';
import { connectMongo } from '../../shared/node/mongo.ts';
import type { TakeRecord } from '../../shared/node/stores/take-store.ts';
import type { TaskRecord } from '../../shared/node/stores/task-record.ts';
import { isFinished, type Task } from '../../shared/src/task/task.ts';
import { taskApi } from '../../shared/src/task/api.ts';
import { Asker } from './asker.ts';
import type { ChaosHouse } from './house.ts';
import { createRandom, type Random } from './random.ts';
import { checkCharges } from './task-books.ts';
import { aBoard, type Node } from './tasks.ts';

export type CancelFigures = {
	seed: number;
	/** What cancels were answered: how the task stood, or that it had ended. */
	answers: Record<string, number>;
	/** How all tasks ended. */
	ends: Record<string, number>;
	/** From the answer to a cancel until ComfyUI had been told, in ms. */
	toldMs: { p50: number; most: number; count: number };
	faults: { books: string[] };
};
type Cancel = { id: string; answered: string; askedAt: number };

const people = 3;
/** A prompt of this farm takes about this long, so that those of a batch wait, run or have ended when they are cancelled. */
const cancelWithinMs = 2_500;
const toldWithinMs = 1_000;
/** So long a cancel is under way: of a prompt that ends by itself meanwhile nobody is told. */
const underWayMs = 250;

/** People ask for pictures and cancel every one of them at a random moment; then it is looked that nothing went on. */
export async function runCancels(
	house: ChaosHouse,
	farm: readonly Node[],
	{ seed, cancels: most, say }: { seed: number; cancels: number; say: (line: string) => void },
): Promise<CancelFigures> {
	const faults: string[] = [];
	const cancels: Cancel[] = [];
	const askers = await Promise.all(Array.from({ length: people }, (_, nth) => Asker.signUp(house.url, `C${nth}`)));
	const boards = await Promise.all(askers.map(aBoard));
	await Promise.all(
		askers.map(async (asker, index) => {
			const random = createRandom(seed, index);
			const own = Math.ceil(most / people);
			let shotIds: string[] | undefined;
			for (let count = 0; count < own;) {
				const batch = await askAndCancel(asker, boards[index] ?? '', { random, shotIds, faults });
				cancels.push(...batch.cancels);
				shotIds ??= batch.shotIds;
				count += batch.cancels.length;
			}
		}),
	);
	say(`${cancels.length} tasks were cancelled or had ended; looking what became of them`);
	const mongo = await connectMongo(house.mongodbUri);
	const tasks = mongo.db.collection<TaskRecord>('tasks');
	const ids = cancels.map(({ id }) => id);
	for (const until = Date.now() + 20_000; ;) {
		const open = await tasks.countDocuments({
			_id: { $in: ids },
			status: { $in: ['queued', 'running', 'cancelling'] },
		});
		if (open === 0) break;
		if (Date.now() > until) faults.push(`${open} tasks are not at their end`);
		if (Date.now() > until) break;
		await wait(100);
	}
	const takesOf = async () =>
		mongo.db
			.collection<TakeRecord>('takes')
			.find({ taskId: { $in: ids }, discardedAt: { $exists: false } })
			.toArray();
	const sent = farm.map(({ comfy }) => comfy.received.length);
	// Whatever goes on would show itself now.
	await wait(1_500);
	if (farm.some(({ comfy }, index) => comfy.received.length !== sent[index])) faults.push('A prompt was sent later');
	for (const { comfy } of farm)
		if (comfy.running() !== null || comfy.waiting().length > 0) faults.push('A prompt runs that nobody waits for');
	const found = new Map((await tasks.find({ _id: { $in: ids } }).toArray()).map((task) => [task._id, task]));
	const taken = new Set((await takesOf()).map(({ taskId }) => taskId));
	const toldAfter: number[] = [];
	for (const { id, answered, askedAt } of cancels) {
		const task = found.get(id);
		if (task === undefined || !isFinished(task.status)) {
			faults.push(`${id} is ${task?.status ?? 'gone'}`);
			continue;
		}
		if (answered !== 'ended' && task.status !== 'cancelled') faults.push(`${id} was cancelled and is ${task.status}`);
		if (taken.has(id) !== (task.status === 'succeeded'))
			faults.push(`${id} ${task.status}, with a take: ${taken.has(id)}`);
		const { promptId } = task.providerReference ?? {};
		const isSent = farm.some(({ comfy }) => comfy.received.some((prompt) => prompt.id === promptId));
		if (answered !== 'cancelling' || promptId === undefined || !isSent) continue;
		const at = Math.min(...farm.map(({ comfy }) => comfy.told.get(promptId) ?? Infinity));
		const endedAt = Math.min(...farm.map(({ comfy }) => comfy.ended.get(promptId) ?? Infinity));
		if (at === Infinity && endedAt - askedAt <= underWayMs) continue;
		if (!(at - askedAt <= toldWithinMs)) faults.push(`${id}: ComfyUI was told after ${at - askedAt} ms`);
		toldAfter.push(at - askedAt);
	}
	await checkCharges(
		mongo.db,
		askers.map(({ id }) => id),
		faults,
	);
	await mongo.close();
	toldAfter.sort((a, b) => a - b);
	return {
		seed,
		answers: countBy(cancels.map(({ answered }) => answered)),
		ends: countBy([...found.values()].map(({ status }) => status)),
		toldMs: {
			p50: toldAfter[Math.floor(toldAfter.length / 2)] ?? 0,
			most: toldAfter.at(-1) ?? 0,
			count: toldAfter.length,
		},
		faults: { books: faults },
	};
}

/** Has a picture made of some shots, without naming any of all of the board, and cancels each within a while. */
async function askAndCancel(
	asker: Asker,
	projectId: string,
	{ random, shotIds, faults }: { random: Random; shotIds: string[] | undefined; faults: string[] },
): Promise<{ cancels: Cancel[]; shotIds: string[] }> {
	const body = {
		...({ kind: 'text-to-image', provider: 'comfyui', workflow: 'sd15-text-to-image', count: 1 } as const),
		...{ steps: 12, seed: random.below(1e9) },
		...(shotIds === undefined ? {} : { shotIds: shotIds.slice(0, 4 + random.below(5)) }),
	};
	const { tasks } = await asker.call(taskApi.generate, { params: { id: projectId }, body });
	const cancels = tasks.map(async ({ id }): Promise<Cancel> => {
		await wait(random.below(cancelWithinMs));
		const askedAt = Date.now();
		const { status, body: task } = await asker.ask(taskApi.cancel, { params: { id } });
		if (status !== 200 && status !== 409) faults.push(`A cancel was answered ${status}`);
		return { id, answered: status === 200 ? (task as Task).status : 'ended', askedAt };
	});
	return { cancels: await Promise.all(cancels), shotIds: tasks.flatMap(({ shotId }) => shotId ?? []) };
}

const countBy = (words: readonly string[]): Record<string, number> =>
	Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
