// Our queue under measurement: a worker as the product's, whose tasks have nothing to do.
import { createCharges } from '../../shared/node/charges.ts';
import { createLog } from '../../shared/node/log.ts';
import { connectMongo } from '../../shared/node/mongo.ts';
import { createQueue } from '../../shared/node/queue.ts';
import { createLedgerStore } from '../../shared/node/stores/ledger-store.ts';
import { createQuotaStore } from '../../shared/node/stores/quota-store.ts';
import { createTaskClaims } from '../../shared/node/stores/task-claims.ts';
import { createTaskStore } from '../../shared/node/stores/task-store.ts';
import { takeTasks } from '../../worker/src/task/take-tasks.ts';
import { createTaskEnds } from '../../worker/src/task/task-ends.ts';

const [uri = '', leaseMs = '', ...numbers] = process.argv.slice(2);
const [concurrency = 1, count = 0] = numbers.map(Number);
const clock = () => performance.timeOrigin + performance.now();
const tell = (message: object) => void process.send?.(message);

const { db } = await connectMongo(uri);
const log = createLog('bench', 'silent');
const now = () => new Date();
const tasks = createTaskStore(db);
await tasks.ready();
const claims = createTaskClaims(db, { leaseMs: Number(leaseMs) });
const charges = createCharges({ quotas: createQuotaStore(db), ledger: createLedgerStore(db), tasks, log, now });
let first = Infinity;
let settled = 0;
const settling = {
	...charges,
	/** A task has ended when what it had reserved is settled and stands in the ledger. */
	async settle(task: Parameters<typeof charges.settle>[0]) {
		await charges.settle(task);
		if (++settled === count) tell({ done: clock() - first });
	},
};
const ends = createTaskEnds({ claims, charges: settling, leaseMs: Number(leaseMs), now });
await takeTasks({
	...{ db, claims, ends, charges: settling, log, now },
	worker: { id: `worker-${process.pid}`, name: 'bench' },
	places: { image: concurrency, video: 1, render: 1 },
	stateOf: () => ({ test: null }),
	probe: async () => {},
	async run(task, _stop, free) {
		const at = clock();
		first = Math.min(first, at);
		if (count === 0) tell({ started: task._id, at });
		if (!(await charges.stands(task))) throw new Error('The reservation of a task is gone.');
		free();
		await ends.end(task, 'succeeded');
		return null;
	},
	queue: createQueue({ db, log }),
	chores: [],
	bellHost: '127.0.0.1',
	leaseMs: Number(leaseMs),
});
tell({ ready: true });
