import { join } from 'node:path';
import { createRinger } from '../../shared/node/bell.ts';
import { createBus } from '../../shared/node/bus.ts';
import { chargeKey, createCharges } from '../../shared/node/charges.ts';
import { createLog } from '../../shared/node/log.ts';
import { connectMongo } from '../../shared/node/mongo.ts';
import { createLedgerStore, type LedgerRecord } from '../../shared/node/stores/ledger-store.ts';
import { createQueue } from '../../shared/node/queue.ts';
import { createQuotaStore, type QuotaRecord } from '../../shared/node/stores/quota-store.ts';
import type { TaskRecord } from '../../shared/node/stores/task-record.ts';
import { createTaskStore } from '../../shared/node/stores/task-store.ts';
import { createWorkerStore } from '../../shared/node/stores/worker-store.ts';
import { createAnnounce } from '../../server/src/task/announce.ts';
import { projectDir } from '../../shared/node/tools/cache.ts';
import { startMongod } from '../../shared/node/tools/mongod.ts';
import { aTask } from '../../worker/src/testing.ts';
import { aFolder, startWorker, type Contender } from './contenders.ts';

/** A film of 5 000 shots is asked for by so many people. */
const people = 50;
const leaseMs = 3_000;

/** Our queue as the product uses it: what each task costs is reserved before it is queued, kept on disk before it is answered, settled and written in the ledger when it ends, and every change is told to a server that listens. */
export async function openOurs(): Promise<Contender> {
	const folder = await aFolder();
	const mongod = await startMongod({ dataDir: folder.path });
	const mongo = await connectMongo(mongod.uri);
	const { db } = mongo;
	const log = createLog('bench', 'silent');
	const now = () => new Date();
	const store = createTaskStore(db);
	const [quotas, ledger, workers] = [createQuotaStore(db), createLedgerStore(db), createWorkerStore(db)];
	await Promise.all([store, quotas, ledger, workers].map((each) => each.ready()));
	const charges = createCharges({ quotas, ledger, tasks: store, log, now });
	const addresses = async () => (await workers.alive(now())).map(({ bell }) => bell);
	const ringer = await createRinger({ addresses, log });
	const queue = createQueue({ db, log });
	const announce = createAnnounce({ ringer, queue });
	const bus = await createBus({ db, log, topics: ['tasks'] });
	let heard = 0;
	bus.on('tasks', () => void heard++);
	const what = { unit: 'image', units: 1, projectId: 'project-0001', provider: 'test' } as const;
	let turn = Date.now();

	/** Admits, stores and rings for tasks, of one person. */
	const put = async (person: number, ids: readonly string[], retryAt: Date | null = null): Promise<void> => {
		const createdBy = `account-${person}`;
		const tasks = ids.map((_id): TaskRecord => aTask({ _id, createdBy, turn: ++turn, retryAt }));
		const charged = await charges.reserve({ accountId: createdBy, plan: 'studio' }, what, tasks.map(chargeKey));
		const records = tasks.map((task) => ({ ...task, charge: charged.get(chargeKey(task)) ?? null }));
		const job = { projectId: 'project-0001', taskId: ids[0] ?? null, kinds: ['image' as const] };
		// One that is to be tried again is waited for by its worker; here nobody has had it yet.
		if (retryAt !== null) queue.leave({ ...job, reason: 'retry' }, retryAt);
		await store.insertMany(records, () => {
			if (retryAt === null) announce({ ...job, reason: 'asked' }, records.length === 1 ? records[0] : undefined);
			else ringer.look('image');
		});
	};
	return {
		name: 'ours',
		put: (id, at) => put(0, [id], at ?? null),
		async putMany(ids) {
			const each = Math.ceil(ids.length / people);
			const parts = Array.from({ length: people }, (_, person) => ids.slice(person * each, (person + 1) * each));
			await Promise.all(parts.filter((part) => part.length > 0).map((part, person) => put(person, part)));
		},
		work: (concurrency, count) => {
			const script = join(projectDir, 'bench/generation/our-worker.ts');
			return startWorker([script, mongod.uri, String(leaseMs), String(concurrency), String(count)], projectDir);
		},
		async faults(ids) {
			const [tasks, rows, days] = await Promise.all([
				db.collection<TaskRecord>('tasks').find().toArray(),
				db.collection<LedgerRecord>('ledger').find().toArray(),
				db.collection<QuotaRecord>('quotas').find().toArray(),
			]);
			const faults: string[] = [];
			const must = (holds: boolean, words: string) => void (holds || faults.push(words));
			const left = tasks.filter(({ status }) => status !== 'succeeded');
			must(tasks.length === ids.length && left.length === 0, `${left.length} of ${tasks.length} have not succeeded`);
			const once = tasks.filter(({ attempts = {} }) => {
				const outcomes = Object.values(attempts).map(({ outcome }) => outcome);
				return outcomes.filter((outcome) => outcome === 'succeeded').length === 1;
			});
			must(once.length === ids.length, `${once.length} succeeded just once`);
			const used = days.reduce((sum, day) => sum + day.used.image, 0);
			must(rows.length === ids.length && used === ids.length, `${rows.length} rows in the ledger, ${used} used`);
			must(
				days.every(({ holds }) => holds.length === 0),
				'reservations are left',
			);
			must(heard >= ids.length, `${heard} changes were told`);
			return faults;
		},
		async close() {
			await bus.close();
			await ringer.close();
			await queue.close();
			await mongo.close();
			await mongod.close();
			await folder.remove();
		},
	};
}
