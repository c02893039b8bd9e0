import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { connectMongo } from '../../shared/node/mongo.ts';
import type { TaskRecord } from '../../shared/node/stores/task-record.ts';
import { planApi } from '../../shared/src/plan/api.ts';
import { taskApi } from '../../shared/src/task/api.ts';
import { aFaultProxy, type FaultProxy } from '../../shared/testing/fault-proxy.ts';
import { Asker } from './asker.ts';
import type { ChaosHouse } from './house.ts';
import { checkCharges, checkTasks, type Asked } from './task-books.ts';
import { aBoard, openTaskHouse } from './tasks.ts';

export const links = ['comfyui', 'mongod', 'browser'] as const;
export type Link = (typeof links)[number];
export type NetworkHouse = {
	house: ChaosHouse;
	wires: Record<Link, FaultProxy[]>;
	url: string;
	close(): Promise<void>;
};
export type NetworkFigures = {
	seconds: number;
	tasks: Record<string, number>;
	/** Memory of all servers and workers before and after, in MB. */
	memoryMb: { before: number; after: number };
	faults: { books: string[] };
};

/** So much more memory than before servers and workers may have, once they had so many looks' time to give it back. */
const moreMemory = 1.1;
const memoryLooks = 4;
/** What a network does for a while. */
const troubles: Record<string, (wire: FaultProxy) => () => void> = {
	'late by 300 ± 200 ms': (wire) => {
		wire.delay(() => 100 + Math.random() * 400);
		return () => wire.delay(null);
	},
	'5 % of connections reset': (wire) => {
		wire.reset(() => Math.random() < 0.05);
		return () => wire.reset(null);
	},
	'half open': (wire) => {
		wire.freeze();
		return () => wire.thaw();
	},
	'1 byte a second': (wire) => {
		wire.drip(1);
		return () => wire.drip(null);
	},
};

/** A house in which every link goes over a network that can go wrong. */
export async function openNetworkHouse(dataDir: string): Promise<NetworkHouse> {
	const mongod: FaultProxy[] = [];
	const { house, farm } = await openTaskHouse(dataDir, {
		plan: 'studio',
		mongodThrough: async (port) => {
			mongod.push(await aFaultProxy(port));
			return mongod[0]?.port ?? 0;
		},
	});
	const browser = await aFaultProxy(Number(new URL(house.url).port));
	const wires = { comfyui: farm.map(({ wire }) => wire), mongod, browser: [browser] };
	const close = async () => {
		for (const wire of Object.values(wires).flat()) heal(wire);
		await house.close();
		await Promise.all([...mongod, browser].map((wire) => wire.close()));
	};
	return { house, wires, url: `http://127.0.0.1:${browser.port}`, close };
}
const heal = (wire: FaultProxy): void => {
	wire.thaw();
	wire.delay(null);
	wire.reset(null);
	wire.drip(null);
};

/** The networks go wrong one after the other, while somebody asks for pictures; no process dies of it, nothing stays undone, and the memory comes back. */
export async function runNetwork(
	{ house, wires, url }: NetworkHouse,
	{
		on,
		phaseMs,
		restMs,
		rounds,
		say,
	}: {
		on: readonly Link[];
		/** How long each trouble lasts, and how long all is well behind it. */
		phaseMs: (trouble: string) => number;
		restMs: number;
		/** How often all is drawn to see how much memory it takes. */
		rounds: number;
		say: (line: string) => void;
	},
): Promise<NetworkFigures> {
	const began = Date.now();
	const faults: string[] = [];
	const asked: Asked = { tasks: new Set(), cancels: new Set(), wrong: faults };
	const asker = await Asker.signUp(url, 'Network');
	const projectId = await aBoard(asker);
	const mongo = await connectMongo(house.mongodbUri);
	const tasks = mongo.db.collection<TaskRecord>('tasks');
	let shotIds: string[] | undefined;
	let seed = 0;
	const askSome = async (): Promise<void> => {
		const body = { provider: 'comfyui', workflow: 'sd15-text-to-image', steps: 2, seed: seed++ } as const;
		const request = { params: { id: projectId }, body: shotIds === undefined ? body : { ...body, shotIds } };
		const { tasks: queued } = await asker.call(taskApi.generate, request);
		shotIds ??= queued.flatMap(({ shotId }) => shotId ?? []);
		for (const { id } of queued) asked.tasks.add(id);
	};
	const untilAllEnded = async (when: string, limitMs: number): Promise<void> => {
		const active = { status: { $in: ['queued' as const, 'running' as const, 'cancelling' as const] } };
		for (const until = Date.now() + limitMs; (await tasks.countDocuments(active)) > 0;) {
			if (Date.now() > until)
				return void faults.push(`${when}: ${await tasks.countDocuments(active)} tasks stay undone`);
			await wait(100);
		}
	};
	/** The same work before and after, and a while to come to rest. */
	const memoryMb = async (): Promise<number> => {
		for (let round = 0; round < rounds; round++) {
			await askSome();
			await untilAllEnded('All is well', 60_000);
		}
		let least = Infinity;
		for (let look = 0; look < 10; look++) {
			await wait(restMs / 10);
			least = Math.min(least, await rssMb(Object.values(house.pids()).flat()));
		}
		return Math.round(least);
	};
	if (rounds > 1) await memoryMb();
	const before = await memoryMb();
	const pids = JSON.stringify(house.pids());
	for (const link of on)
		for (const [trouble, begin] of Object.entries(troubles)) {
			const ends = wires[link].map(begin);
			const until = Date.now() + phaseMs(trouble);
			// Whoever asks over a network that lets nothing through waits with it.
			const asking = (async () => {
				while (Date.now() < until) {
					await askSome();
					await asker.call(planApi.quota, {});
					await wait(500);
				}
			})();
			await wait(until - Date.now());
			for (const end of ends) end();
			await asking;
			await untilAllEnded(`${link} ${trouble}`, 120_000);
			if (JSON.stringify(house.pids()) !== pids) faults.push(`${link} ${trouble}: a process has died`);
			say(`${link} ${trouble}: ${asked.tasks.size} tasks asked for so far`);
		}
	let after = await memoryMb();
	for (let looks = 1; looks < memoryLooks && after > before * moreMemory; looks++) after = await memoryMb();
	if (rounds > 1 && after > before * moreMemory) faults.push(`The memory was ${before} MB and is ${after} MB`);
	const ends = await checkTasks(mongo.db, asked);
	await checkCharges(mongo.db, [asker.id], faults);
	await mongo.close();
	const seconds = Math.round((Date.now() - began) / 1000);
	return { seconds, tasks: ends, memoryMb: { before, after }, faults: { books: faults } };
}

async function rssMb(pids: readonly number[]): Promise<number> {
	let sum = 0;
	for (const pid of pids)
		sum += Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
	return sum;
}
