import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MongoClient } from 'mongodb';
import { aDatabase } from '../testing/mongod.ts';
import { chargeKey, createCharges } from './charges.ts';
import { createLog } from './log.ts';
import { createLedgerStore, type LedgerRecord } from './stores/ledger-store.ts';
import { createQuotaStore, type QuotaRecord } from './stores/quota-store.ts';
import type { TaskRecord } from './stores/task-record.ts';

type Task = Pick<TaskRecord, '_id' | 'status' | 'charge' | 'revision'>;
let client: MongoClient;
let now = new Date('2026-05-01T12:00:00Z');
const tasks = new Map<string, Task>();
const log = createLog('test', 'silent');
const picture = { unit: 'image', units: 1, projectId: 'project-0001', provider: 'comfyui' } as const;
const pro = { accountId: 'account-0001', plan: 'pro' } as const;

beforeAll(async () => {
	client = await new MongoClient((await aDatabase()).uri).connect();
	await Promise.all([createQuotaStore(client.db()).ready(), createLedgerStore(client.db()).ready()]);
});
afterAll(() => client?.close());
beforeEach(async () => {
	now = new Date('2026-05-01T12:00:00Z');
	tasks.clear();
	for (const name of ['quotas', 'ledger']) await client.db().collection(name).deleteMany({});
});

/** A till whose writes fail from the given one on, as after a kill. */
function aTill({ diesAt = Infinity } = {}) {
	let writes = 0;
	const mortal = <Store extends object>(store: Store, names: readonly (keyof Store)[]): Store =>
		new Proxy(store, {
			get: (of, name) => {
				const value: unknown = Reflect.get(of, name);
				if (typeof value !== 'function' || !names.includes(name as keyof Store)) return value;
				return (...given: unknown[]): unknown => {
					if (++writes >= diesAt) throw new Error('killed');
					return (value as (...given: unknown[]) => unknown)(...given);
				};
			},
		});
	return createCharges({
		quotas: mortal(createQuotaStore(client.db()), ['settle', 'drop']),
		ledger: mortal(createLedgerStore(client.db()), ['add']),
		tasks: { chargesOf: async (ids) => ids.flatMap((id) => tasks.get(id) ?? []) },
		log,
		now: () => now,
	});
}
const sweepLater = async () => {
	now = new Date(now.getTime() + 120_000);
	await aTill().sweep();
};
async function aTask(id: string, by: Parameters<ReturnType<typeof aTill>['reserve']>[0] = pro): Promise<Task | null> {
	const task: Task = { _id: id, status: 'queued', revision: 1 };
	const charge = (await aTill().reserve(by, picture, [chargeKey(task)])).get(chargeKey(task));
	if (charge === undefined) return null;
	tasks.set(id, { ...task, charge });
	return { ...task, charge };
}
const ended = (task: Task, status: Task['status']): Task => {
	const to = { ...task, status };
	tasks.set(task._id, to);
	return to;
};
async function books(accountId: string = pro.accountId) {
	const days = await client.db().collection<QuotaRecord>('quotas').find({ accountId }).toArray();
	const rows = await client.db().collection<LedgerRecord>('ledger').find({ accountId }).toArray();
	return {
		taken: days.reduce((sum, { taken }) => sum + taken.image, 0),
		used: days.reduce((sum, { used }) => sum + used.image, 0),
		holds: days.flatMap(({ holds }) => holds).length,
		ledger: rows.reduce((sum, { units }) => sum + units, 0),
		rows: rows.length,
	};
}

test('400 takers at the same time are given exactly the 100 that the plan has', async () => {
	const given = await Promise.all(Array.from({ length: 400 }, (_, index) => aTask(`taker-${index}`)));
	expect(given.filter((task) => task !== null)).toHaveLength(100);
	expect(await books()).toMatchObject({ taken: 100, used: 0, holds: 100 });
});

test('batches at the same time are given whole as long as they fit, then in part, and never more than there is', async () => {
	const batches = await Promise.all(
		Array.from({ length: 9 }, (_, batch) =>
			aTill().reserve(
				pro,
				picture,
				Array.from({ length: 16 }, (_, index) => `task-${batch}-${index}/1`),
			),
		),
	);
	expect(batches.reduce((sum, { size }) => sum + size, 0)).toBe(100);
	expect(batches.filter(({ size }) => size === 16).length).toBeGreaterThanOrEqual(6);
});

test('a key that is reserved already is granted again and not taken again', async () => {
	const keys = ['task-0001/1', 'task-0002/1'];
	const free = { accountId: pro.accountId, plan: 'free' } as const;
	for (const _ of [1, 2, 3]) expect((await aTill().reserve(free, picture, keys)).size).toBe(2);
	expect(await books()).toMatchObject({ taken: 2, holds: 2 });
});

test('success is charged once, whoever settles it and however often; failed and cancelled give back', async () => {
	const [made, failed, cancelled] = await Promise.all(['a', 'b', 'c'].map((id) => aTask(`task-${id}`)));
	if (!made || !failed || !cancelled) throw new Error('not granted');
	const tills = [aTill(), aTill(), aTill(), aTill()];
	await Promise.all(
		tills.flatMap((till) => [
			till.settle(ended(made, 'succeeded')),
			till.settle(ended(failed, 'failed')),
			till.settle(ended(cancelled, 'cancelled')),
		]),
	);
	await sweepLater();
	expect(await books()).toEqual({ taken: 1, used: 1, holds: 0, ledger: 1, rows: 3 });
});

test.each([1, 2, 3])(
	'a process that is killed before its write %i leaves books that the sweep puts right',
	async (diesAt) => {
		for (const [status, expected] of [
			['succeeded', { taken: 1, used: 1, holds: 0, ledger: 1, rows: 1 }],
			['failed', { taken: 1, used: 1, holds: 0, ledger: 1, rows: 2 }],
		] as const) {
			const task = await aTask(`task-${status}`);
			if (task === null) throw new Error('not granted');
			await aTill({ diesAt }).settle(ended(task, status));
			expect((await books()).holds, 'it did die').toBe(1);
			await sweepLater();
			expect(await books()).toEqual(expected);
		}
	},
);

test('what was reserved and never queued is given back, but not before its asker had time to queue it', async () => {
	await aTill().reserve(pro, picture, ['no-such-task/1']);
	await aTill().sweep();
	expect((await books()).holds).toBe(1);
	await sweepLater();
	expect(await books()).toMatchObject({ taken: 0, holds: 0 });
});

test('a reservation that is made again after it was charged, by one who comes very late, is given back', async () => {
	const task = await aTask('task-0001');
	if (task === null) throw new Error('not granted');
	await aTill().settle(ended(task, 'succeeded'));
	await aTill().reserve(pro, picture, [chargeKey(task)]);
	await sweepLater();
	expect(await books()).toEqual({ taken: 1, used: 1, holds: 0, ledger: 1, rows: 1 });
});

test('a task may run only while its reservation stands', async () => {
	const task = await aTask('task-0001');
	if (task === null) throw new Error('not granted');
	expect([await aTill().stands(task), await aTill().stands({})]).toEqual([true, true]);
	tasks.clear();
	await sweepLater();
	expect(await aTill().stands(task)).toBe(false);
});

test('a clock that jumps over midnight UTC charges the day on which was asked, and the new day is whole', async () => {
	now = new Date('2026-05-01T23:59:59.900Z');
	const free = { accountId: pro.accountId, plan: 'free' } as const;
	const late = await Promise.all(Array.from({ length: 12 }, (_, index) => aTask(`late-${index}`, free)));
	expect(late.filter((task) => task !== null)).toHaveLength(10);
	now = new Date('2026-05-02T00:00:00.100Z');
	for (const task of late) if (task !== null) await aTill().settle(ended(task, 'succeeded'));
	const early = await Promise.all(Array.from({ length: 12 }, (_, index) => aTask(`early-${index}`, free)));
	expect(early.filter((task) => task !== null)).toHaveLength(10);
	const quotas = createQuotaStore(client.db());
	expect(await quotas.find(pro.accountId, '2026-05-01')).toMatchObject({ used: { image: 10 }, taken: { image: 10 } });
	expect(await quotas.find(pro.accountId, '2026-05-02')).toMatchObject({ used: { image: 0 }, taken: { image: 10 } });
	// Back again: the first day is still used up.
	now = new Date('2026-05-01T23:59:59.950Z');
	expect(await aTask('again', free)).toBeNull();
});

test('of two people who begin the same task anew at once the one who does it pays, whoever is settled first', async () => {
	const task: Task = { _id: 'task-0001', status: 'queued', revision: 3 };
	const [key, other] = [chargeKey(task), { accountId: 'account-0002', plan: 'pro' } as const];
	const charge = (await aTill().reserve(pro, picture, [key])).get(key);
	await aTill().reserve(other, picture, [key]);
	if (charge === undefined) throw new Error('not granted');
	const done = ended({ ...task, charge }, 'succeeded');
	await sweepLater();
	await aTill().settle(done);
	expect(await books()).toMatchObject({ taken: 1, used: 1, holds: 0, ledger: 1 });
	expect(await books(other.accountId)).toMatchObject({ taken: 0, used: 0, holds: 0, ledger: 0 });
});

test('what a crash has left is found behind any number of tasks that have long been waiting', async () => {
	const days = Array.from({ length: 1_200 }, (_, index): QuotaRecord => {
		const [accountId, day, key] = [`account-${1_000 + index}`, '2026-05-01', `waiting-${index}/1`];
		const { unit, units, projectId, provider } = picture;
		const hold = {
			key,
			mark: key,
			unit,
			units,
			projectId,
			provider,
			at: new Date('2026-05-01T10:00:00Z'),
			outcome: null,
		};
		tasks.set(`waiting-${index}`, {
			_id: `waiting-${index}`,
			status: 'queued',
			revision: 1,
			charge: { key, accountId, day, unit, units },
		});
		const [taken, used] = [
			{ image: 1, video: 0 },
			{ image: 0, video: 0 },
		];
		return { _id: `${accountId}/${day}`, accountId, day, taken, used, holds: [hold] };
	});
	await client.db().collection<QuotaRecord>('quotas').insertMany(days);
	await aTask('of-a-crash');
	tasks.delete('of-a-crash');
	await sweepLater();
	expect(await books()).toMatchObject({ taken: 0, holds: 0 });
	expect(await books('account-1000')).toMatchObject({ taken: 1, holds: 1 });
});
