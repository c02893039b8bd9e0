import { setTimeout as wait } from 'node:timers/promises';
import { createLog } from '../shared/node/log.ts';
import { createTaskClaims } from '../shared/node/stores/task-claims.ts';
import { createTaskStore } from '../shared/node/stores/task-store.ts';
import { createProgressTeller } from '../worker/src/task/tell-progress.ts';
import { aTask } from '../worker/src/testing.ts';
import { cpuMs } from './collab/servers.ts';
import { listen } from './hints/listener.ts';
import { openRooms, type Rooms, type RoomsName } from './hints/rooms.ts';
import { median, percentile } from './measure.ts';

const isLong = process.argv.includes('--long');
const rounds = isLong ? 5 : 3;
const seconds = isLong ? 10 : 5;
const clients = 200;
const running = 40;
const perSecond = 40;

export const workload =
	`${clients} clients in one project hear how ${running} running tasks go on, ${perSecond} changes a second: processor time of the server for each delivery, and from the writing of the change ` +
	'until the last client has it. Beside ours, which knows rights, places and states, a plain room of Socket.IO and plain ws, which tail the same collection and know nothing. ' +
	'Then one task says 10 and 1 000 times a second how far it is, through the teller of the worker. They take turns, medians of the rounds.';

type Figures = Record<string, number>;
const wordsOf = (figures: Figures): string =>
	Object.entries(figures)
		.map(([name, value]) => `${name} ${value.toFixed(2)}`)
		.join(', ');

/** Lets work go on at a rate, for so long; what is late is made up for. */
async function atRate(rate: number, lastMs: number, work: (number: number) => unknown): Promise<void> {
	const began = performance.now();
	for (let done = 0; ;) {
		const passed = performance.now() - began;
		for (; done < Math.min(lastMs, passed) * (rate / 1000); done++) work(done);
		if (passed >= lastMs) return;
		await wait(Math.max(0, (done * 1000) / rate - (performance.now() - began)));
	}
}

/** Opens the clients; `heard` is how many have each value so far, with the instant of the last one. */
async function aCrowd({ door }: Rooms) {
	const heard = new Map<number, { count: number; at: number }>();
	const byClient: number[][] = [];
	const all: { close(): void }[] = [];
	for (let client = 0; client < clients; client++) {
		const values: number[] = [];
		byClient.push(values);
		all.push(
			await listen(door, (value) => {
				values.push(value);
				const known = heard.get(value) ?? { count: 0, at: 0 };
				heard.set(value, { count: known.count + 1, at: performance.now() });
			}),
		);
	}
	return { heard, byClient, close: () => all.forEach((each) => each.close()) };
}
async function tasksOf({ mongo, door }: Rooms, count: number): Promise<string[]> {
	const store = createTaskStore(mongo.db);
	const at = new Date();
	const about = { projectId: door.projectId, status: 'running', claim: 1, attempt: 1, startedAt: at } as const;
	const tasks = Array.from({ length: count }, () => aTask(about));
	await store.insertMany(tasks);
	return tasks.map(({ _id }) => _id);
}

/** Changes of many tasks, each for itself. */
async function changes(rooms: Rooms): Promise<Figures> {
	const crowd = await aCrowd(rooms);
	const tasks = await tasksOf(rooms, running);
	const claims = createTaskClaims(rooms.mongo.db);
	const told = new Map<number, number>();
	let value = 0;
	const change = (): void => {
		const own = ++value;
		told.set(own, performance.now());
		const progress = { stage: 'sampling', value: own, max: 1_000_000, etaMs: 60_000 };
		void claims.progress(tasks[own % tasks.length] ?? '', 1, progress, new Date());
	};
	await atRate(perSecond, 1_000, change);
	await wait(500);
	const warm = value;
	const before = await cpuMs(rooms.pid);
	await atRate(perSecond, seconds * 1_000, change);
	await wait(500);
	const cpu = (await cpuMs(rooms.pid)) - before;
	crowd.close();
	const measured = [...told].filter(([own]) => own > warm);
	const lags = measured.flatMap(([own, at]) => {
		const last = crowd.heard.get(own);
		return last?.count === clients ? [last.at - at] : [];
	});
	const delivered = measured.reduce((sum, [own]) => sum + (crowd.heard.get(own)?.count ?? 0), 0);
	return {
		cpu: (cpu * 1000) / delivered,
		p50: median(lags),
		p95: percentile(lags, 0.95),
		missing: measured.length * clients - delivered,
	};
}

/** One task says so many times a second how far it is, as a provider does to its worker. */
async function flood(rooms: Rooms, rate: number): Promise<Figures> {
	const crowd = await aCrowd(rooms);
	const [id = ''] = await tasksOf(rooms, 1);
	const { db } = rooms.mongo;
	const teller = createProgressTeller(
		{
			claims: createTaskClaims(db),
			tasks: createTaskStore(db),
			previews: { put: async () => {} },
			log: createLog('bench', 'silent'),
			now: () => new Date(),
		},
		{ _id: id, claim: 1, projectId: rooms.door.projectId, shotId: null },
		new AbortController(),
	);
	let last = 0;
	const say = (): void => void teller.tell({ stage: 'sampling', value: ++last, max: 1_000_000 });
	await atRate(rate, 1_000, say);
	const before = await cpuMs(rooms.pid);
	const heardBefore = crowd.byClient.map(({ length }) => length);
	await atRate(rate, seconds * 1_000, say);
	const cpu = (await cpuMs(rooms.pid)) - before;
	const perClient = crowd.byClient.map(({ length }, client) => (length - (heardBefore[client] ?? 0)) / seconds);
	await wait(500);
	await teller.close();
	crowd.close();
	const wrong = crowd.byClient.filter((values) => values.at(-1) !== last).length;
	return { cpu: cpu / seconds, most: Math.max(...perClient), wrong };
}

/** What it costs to tell a crowd, and how soon the last one knows; `--parts=changes,flood` measures only those. */
export default async function bench(tell: (line: string) => void): Promise<Figures> {
	const asked = process.argv.flatMap((word) => /^--parts=(.+)$/.exec(word)?.[1]?.split(',') ?? []);
	const isAsked = (part: string) => asked.length === 0 || asked.includes(part);
	const all = new Map<string, Figures[]>();
	const measure = async (of: string, name: RoomsName, work: (rooms: Rooms) => Promise<Figures>) => {
		const rooms = await openRooms(name);
		try {
			const figures = await work(rooms);
			all.set(of, [...(all.get(of) ?? []), figures]);
			tell(`${of.padEnd(10)} ${wordsOf(figures)}`);
		} finally {
			await rooms.close();
		}
	};
	for (let round = 0; round < rounds; round++) {
		if (isAsked('changes')) for (const name of ['socket.io', 'ws', 'ours'] as const) await measure(name, name, changes);
		if (isAsked('flood'))
			for (const rate of [10, 1_000]) await measure(`${rate}/s`, 'ours', (rooms) => flood(rooms, rate));
	}
	const of = (who: string, figure: string): number =>
		median((all.get(who) ?? []).map((figures) => figures[figure] ?? NaN));
	return {
		...(isAsked('changes') && {
			'hints.cpu.ofSocketIo': of('ours', 'cpu') / of('socket.io', 'cpu'),
			'hints.last.p95.ofSocketIo': of('ours', 'p95') / of('socket.io', 'p95'),
			'hints.missing': of('ours', 'missing'),
		}),
		...(isAsked('flood') && {
			'hints.flood.perClient': Math.max(...(all.get('1000/s') ?? []).map(({ most = NaN }) => most)),
			'hints.flood.cpu.ofCalm': of('1000/s', 'cpu') / of('10/s', 'cpu'),
			'hints.flood.wrong': Math.max(...(all.get('1000/s') ?? []).map(({ wrong = NaN }) => wrong)),
		}),
	};
}
