import { setTimeout as wait } from 'node:timers/promises';
import { connectMongo, type Mongo } from '../../shared/node/mongo.ts';
import type { LedgerRecord } from '../../shared/node/stores/ledger-store.ts';
import type { QuotaRecord } from '../../shared/node/stores/quota-store.ts';
import type { TaskRecord } from '../../shared/node/stores/task-record.ts';
import type { ReplyOf } from '../../shared/src/http/endpoint.ts';
import { planApi } from '../../shared/src/plan/api.ts';
import type { Quota } from '../../shared/src/plan/quota.ts';
import { taskApi } from '../../shared/src/task/api.ts';
import type { Task } from '../../shared/src/task/task.ts';
import { Asker } from './asker.ts';
import type { ChaosHouse } from './house.ts';
import { aBoard, past, type Node } from './tasks.ts';

/** What was seen of one day of somebody's plan. */
export type DaySeen = { granted: number; refused: number; counted: number; inLedger: number; made: number };
export type QuotaFigures = { before: DaySeen; after: DaySeen; cached: number; failed: number; cancelled: number };

const body = {
	kind: 'text-to-image',
	provider: 'comfyui',
	workflow: 'sd15-text-to-image',
	steps: 2,
	count: 1,
} as const;

/**
 * Four hundred requests for the hundred pictures of a day at the servers of a house, which is over midnight before they are made; some are cancelled, one fails, and on
 * the new day all comes again, with one that had been made before.
 */
export async function runQuota(house: ChaosHouse, farm: readonly Node[]): Promise<QuotaFigures> {
	const asker = await Asker.signUp(house.url, 'Quota');
	const projectId = await aBoard(asker);
	const mongo = await connectMongo(house.mongodbUri);
	const tasks = mongo.db.collection<TaskRecord>('tasks');
	const quota = (): Promise<Quota> => asker.call(planApi.quota, {});
	const shotIds = await shotsOf(asker, projectId, mongo);
	const ask = async (count: number, from: number) => {
		const answers = await Promise.all(
			Array.from({ length: count }, (_, nth) =>
				asker.ask(taskApi.generate, {
					params: { id: projectId },
					body: { ...body, seed: from + nth, shotIds: [shotIds[nth % shotIds.length]] },
				}),
			),
		);
		const granted = answers.flatMap(({ status, body: reply }) =>
			status === 202 ? (reply as ReplyOf<typeof taskApi.generate>).tasks : [],
		);
		return { granted, refused: answers.filter(({ status }) => status === 429).length };
	};
	const cancel = async (some: readonly Task[]): Promise<void> =>
		void (await asker.call(taskApi.batch, { body: { action: 'cancel', ids: some.map(({ id }) => id) } }));
	const untilEnded = async (): Promise<void> => {
		const active = { status: { $in: ['queued' as const, 'running' as const, 'cancelling' as const] } };
		while ((await tasks.countDocuments(active)) > 0) await wait(100);
	};

	for (const { comfy } of farm) comfy.hang();
	const first = await ask(400, 0);
	const { day } = await quota();
	// What is given back is granted once more, and no more than that.
	const waiting = first.granted.slice(-10);
	await cancel(waiting);
	const second = await ask(40, 1_000);
	await interruptOne(farm);
	await house.setClock(past(1_000));
	for (const { comfy } of farm) comfy.thaw();
	await untilEnded();
	const before = await seen(mongo, asker.id, day, first.granted.length - waiting.length + second.granted.length);
	before.refused = first.refused + second.refused;

	const next = await quota();
	const made = await tasks.findOne({ status: 'succeeded', shotId: shotIds[0] ?? '' });
	const { request } = made?.work ?? {};
	const seed = request !== undefined && 'seed' in request ? request.seed : 0;
	const cached = (await ask(1, seed)).granted.filter((task) => task.cached === true).length;
	for (const { comfy } of farm) comfy.hang();
	const third = await ask(120, 2_000);
	await cancel(third.granted.slice(0, 95));
	for (const { comfy } of farm) comfy.thaw();
	await untilEnded();
	const after = await seen(mongo, asker.id, next.day, third.granted.length);
	after.refused = third.refused;
	const ended = (status: TaskRecord['status']) => tasks.countDocuments({ status, createdBy: asker.id });
	const figures = { before, after, cached, failed: await ended('failed'), cancelled: await ended('cancelled') };
	await mongo.close();
	return figures;
}

/** The shots of a board, by a request that is taken back. */
async function shotsOf(asker: Asker, projectId: string, { db }: Mongo): Promise<string[]> {
	const { tasks: all } = await asker.call(taskApi.generate, {
		params: { id: projectId },
		body: { ...body, provider: 'sketch', workflow: undefined },
	});
	await asker.call(taskApi.batch, { body: { action: 'cancel', ids: all.map(({ id }) => id) } });
	await db.collection('tasks').deleteMany({ projectId });
	return all.flatMap(({ shotId }) => shotId ?? []);
}

/** Somebody else interrupts what runs on a server: that task fails for good. */
async function interruptOne(farm: readonly Node[]): Promise<void> {
	for (;;) {
		for (const { comfy } of farm) {
			const id = comfy.running();
			if (id === null) continue;
			await fetch(`${comfy.url}/interrupt`, { method: 'POST', body: JSON.stringify({ prompt_id: id }) });
			return;
		}
		await wait(50);
	}
}

/** What the books say of a day, once everything is settled. */
async function seen({ db }: Mongo, accountId: string, day: string, granted: number): Promise<DaySeen> {
	const find = () => db.collection<QuotaRecord>('quotas').findOne({ accountId, day });
	for (let tries = 0; tries < 100 && (await find())?.holds.length !== 0; tries++) await wait(100);
	const { used, taken, holds } = (await find()) ?? { used: { image: -1 }, taken: { image: -1 }, holds: [] };
	const ledger = await db.collection<LedgerRecord>('ledger').find({ accountId, day }).toArray();
	const made = await db
		.collection<TaskRecord>('tasks')
		.countDocuments({ createdBy: accountId, status: 'succeeded', 'charge.day': day, cached: { $exists: false } });
	return {
		granted,
		refused: 0,
		counted: used.image === taken.image && holds.length === 0 ? used.image : -1,
		inLedger: ledger.reduce((sum, { units }) => sum + units, 0),
		made,
	};
}
