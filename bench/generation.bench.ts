import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
	findRedis,
	openContender,
	type Contender,
	type ContenderName,
	peerPackages,
	peers,
} from './generation/contenders.ts';
import { median, percentile, timed } from './measure.ts';
import { installPeers } from './peers.ts';

const isLong = process.argv.includes('--long');
const rounds = isLong ? 5 : 3;
/** `--only=ours` leaves the others out, for a look at one alone. */
const only = process.argv.flatMap((word) => /^--only=(.+)$/.exec(word)?.[1]?.split(',') ?? []);
const many = 5_000;
const concurrency = 10;

export const workload =
	`The queue (${isLong ? 'long' : 'short'} form): tasks that have nothing to do, workers in processes of their own, on a mongod or Redis of their own. Ours keeps full books: a reservation of the plan ` +
	'and the task are on disk before the asker is answered, each task is claimed, ended, charged and written in the ledger, and a server hears of every change; the peers keep none. ' +
	'They take turns, medians of the rounds; only ratios within a run count.';

type Tell = (line: string) => void;
type Figures = Record<string, number>;
const newIds = (count: number): string[] => Array.from({ length: count }, () => randomBytes(12).toString('hex'));
const clock = () => performance.timeOrigin + performance.now();

/** From before a task is put in until its worker begins with it, in an idle queue, one after the other. */
async function pickUp(contender: Contender): Promise<Figures> {
	const worker = await contender.work(concurrency, 0);
	try {
		// A queue that looks every five seconds is asked less often.
		const times = contender.name === 'agenda' ? 6 : 60;
		const waits: number[] = [];
		for (const id of newIds(times)) {
			// Not in step with whatever looks at intervals.
			await wait(20 + Math.random() * 60);
			const at = clock();
			await contender.put(id);
			waits.push((await worker.started(id)) - at);
		}
		return { p50: median(waits), p95: percentile(waits, 0.95) };
	} finally {
		await worker.end();
	}
}

/** Many are put in, then a worker does all of them. */
async function throughput(contender: Contender): Promise<Figures> {
	const ids = newIds(many);
	const putMs = await timed(() => contender.putMany(ids));
	const worker = await contender.work(concurrency, many);
	try {
		const perSecond = many / ((await worker.done) / 1000);
		await booksAreRight(contender, ids);
		return { perSecond, putPerSecond: many / (putMs / 1000) };
	} finally {
		await worker.end();
	}
}

/** What is left to be written down behind the last task is given a moment. */
async function booksAreRight(contender: Contender, ids: readonly string[]): Promise<void> {
	for (let tries = 0; ; tries++) {
		const faults = await contender.faults(ids);
		if (faults.length === 0) return;
		if (tries === 40) throw new Error(`The books of ${contender.name} are wrong: ${faults.join('; ')}`);
		await wait(250);
	}
}

/** How late tasks begin that are due at instants of the next seconds. */
async function late(contender: Contender): Promise<Figures> {
	const worker = await contender.work(concurrency, 0);
	try {
		const begin = Date.now() + 1_500;
		const due = newIds(60).map((id) => ({ id, at: new Date(begin + Math.round(Math.random() * 6_000)) }));
		for (const { id, at } of due) await contender.put(id, at);
		const lates = await Promise.all(due.map(async ({ id, at }) => (await worker.started(id)) - at.getTime()));
		return { p95: percentile(lates, 0.95) };
	} finally {
		await worker.end();
	}
}

/** Two workers do many, and are killed again and again in the middle of it; answers how much is wrong then. */
async function kills(tell: Tell): Promise<number> {
	const ours = await openContender('ours');
	try {
		const ids = newIds(many);
		await ours.putMany(ids);
		const workers = await Promise.all([ours.work(concurrency, 0), ours.work(concurrency, 0)]);
		for (let kill = 0; kill < 6; kill++) {
			await wait(200);
			await workers[kill % 2]?.end('SIGKILL');
			workers[kill % 2] = await ours.work(concurrency, 0);
		}
		try {
			await booksAreRight(ours, ids);
			return 0;
		} catch (error) {
			tell(error instanceof Error ? error.message : String(error));
			return 1;
		} finally {
			await Promise.all(workers.map((worker) => worker.end()));
		}
	} finally {
		await ours.close();
	}
}

/** Each does the work in its turn, with everything fresh; medians by name and figure. */
async function compare(
	tell: Tell,
	what: string,
	names: readonly ContenderName[],
	work: (contender: Contender) => Promise<Figures>,
) {
	const meant = names.filter((name) => only.length === 0 || only.includes(name));
	const all = new Map<ContenderName, Figures[]>(meant.map((name) => [name, []]));
	for (let round = 0; round < rounds; round++)
		for (const name of meant) {
			const contender = await openContender(name);
			try {
				all.get(name)?.push(await work(contender));
			} finally {
				await contender.close();
			}
		}
	const medians = new Map<ContenderName, Figures>();
	for (const [name, figures] of all) {
		const of = (figure: string) => median(figures.map((round) => round[figure] ?? NaN));
		medians.set(name, Object.fromEntries(Object.keys(figures[0] ?? {}).map((figure) => [figure, of(figure)])));
		const words = Object.entries(medians.get(name) ?? {}).map(
			([figure, value]) => `${figure} ${value.toFixed(value < 100 ? 2 : 0)}`,
		);
		tell(`${what.padEnd(12)} ${name.padEnd(15)} ${words.join(', ')}`);
	}
	return (name: ContenderName, figure: string): number => medians.get(name)?.[figure] ?? NaN;
}

/** How the queue compares with BullMQ on Redis and with Agenda; `--parts=pick-up,late` measures only those. */
export default async function bench(tell: Tell): Promise<Figures> {
	await installPeers(peers, peerPackages, tell);
	const redis = await findRedis();
	tell(redis === null ? 'There is no redis-server on this machine: BullMQ is left out.' : `Redis ${redis}`);
	const withBull: ContenderName[] = redis === null ? [] : ['bullmq'];
	const asked = process.argv.flatMap((word) => /^--parts=(.+)$/.exec(word)?.[1]?.split(',') ?? []);
	const isAsked = (part: string) => asked.length === 0 || asked.includes(part);
	const figures: Figures = {};
	if (isAsked('pick-up')) {
		const of = await compare(tell, 'pick-up', ['agenda', 'agenda-streams', ...withBull, 'ours'], pickUp);
		figures['generation.pickUp.p50'] = of('ours', 'p50');
		figures['generation.pickUp.p95.ofAgenda'] = of('ours', 'p95') / of('agenda-streams', 'p95');
		if (redis !== null) figures['generation.pickUp.p50.ofBullmq'] = of('ours', 'p50') / of('bullmq', 'p50');
	}
	if (isAsked('throughput')) {
		const of = await compare(tell, 'throughput', ['agenda', 'agenda-streams', ...withBull, 'ours'], throughput);
		figures['generation.throughput'] = of('ours', 'perSecond');
		figures['generation.throughput.ofAgenda'] = of('ours', 'perSecond') / of('agenda', 'perSecond');
		figures['generation.enqueue.ofAgenda'] = of('ours', 'putPerSecond') / of('agenda', 'putPerSecond');
	}
	if (isAsked('late')) {
		const of = await compare(tell, 'late', ['agenda', ...withBull, 'ours'], late);
		figures['generation.late.p95'] = of('ours', 'p95');
	}
	if (isAsked('kills')) figures['generation.kills.wrong'] = await kills(tell);
	return figures;
}
