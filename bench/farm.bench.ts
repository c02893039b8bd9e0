import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connectMongo } from '../shared/node/mongo.ts';
import { createLog } from '../shared/node/log.ts';
import { createTaskStore } from '../shared/node/stores/task-store.ts';
import { startMongod } from '../shared/node/tools/mongod.ts';
import { aComfyServer } from '../shared/testing/comfyui/server.ts';
import { openComfyui } from '../worker/src/open-comfyui.ts';
import { aPictureRequest, aTask } from '../worker/src/testing.ts';
import { createWorker } from '../worker/src/worker.ts';

const isLong = process.argv.includes('--long');
const nodes = 100;
const many = isLong ? 1_000 : 500;
/** What each message of a node takes: with some twenty of them a picture takes about four seconds. */
const paceMs = 200;

export const workload =
	`${nodes} ComfyUI servers that replay recordings, ${paceMs} ms for each message, and one worker with as many places; ${many} pictures of 64 × 64 are queued at once. A server is busy from the beginning ` +
	'to the end of an execution; what counts is the time in which there is work for all: until the first of them finds nothing waiting. All of it runs in one process beside mongod.';

/** When each server was busy. */
type Shift = { from: number; to: number };

/** How busy a farm of a hundred ComfyUI servers is kept. */
export default async function bench(tell: (line: string) => void): Promise<Record<string, number>> {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-farm-'));
	const closers: (() => Promise<unknown>)[] = [() => rm(dataDir, { recursive: true, force: true })];
	try {
		const mongod = await startMongod({ dataDir });
		closers.push(() => mongod.close());
		const mongo = await connectMongo(mongod.uri);
		closers.push(() => mongo.close());
		const log = createLog('bench', 'silent');
		const shifts = Array.from({ length: nodes }, (): Shift[] => []);
		const urls: string[] = [];
		for (const own of shifts) {
			const comfy = await aComfyServer({
				paceMs,
				worked(isBusy) {
					const at = performance.now();
					if (isBusy) own.push({ from: at, to: Infinity });
					else Object.assign(own.at(-1) ?? {}, { to: at });
				},
			});
			closers.push(() => comfy.close());
			urls.push(comfy.url);
		}
		const options = { mongo, log, workerId: 'bench', urls, fixedClasses: new Set<string>() };
		const { provider, close } = await openComfyui(options);
		closers.push(close);
		const worker = await createWorker({
			...{ mongo, log, dataDir, concurrency: 2 * nodes, providers: { comfyui: provider } },
			ffmpegPath: () => Promise.reject(new Error('no film is rendered here')),
		});
		closers.push(() => worker.close());
		await provider.probe?.();
		const store = createTaskStore(mongo.db);
		const at = Date.now();
		const tasks = Array.from({ length: many }, (_, index) =>
			aTask({
				provider: 'comfyui',
				turn: at + index,
				shotId: `shot-${String(index).padStart(6, '0')}`,
				work: { kind: 'image', request: { ...aPictureRequest(), seed: index } },
			}),
		);
		const began = performance.now();
		await store.insertMany(tasks);
		const states = () => mongo.db.collection('tasks').countDocuments({ status: 'succeeded' });
		while ((await states()) < many) {
			if (performance.now() - began > 300_000) throw new Error(`Only ${await states()} of ${many} are done.`);
			await wait(500);
		}
		const took = performance.now() - began;
		// From the first picture of every server on, until one has no next: what waits then is on its way to others.
		const from = Math.max(...shifts.map(([first]) => first?.from ?? Infinity));
		const until = Math.min(...shifts.map((own) => own.at(-1)?.to ?? 0));
		const busy = shifts.flat().reduce((sum, shift) => sum + overlap(shift, from, until), 0);
		const gaps = shifts.flatMap((own) =>
			own.slice(1).flatMap((shift, index) => (shift.from < until ? [shift.from - (own[index]?.to ?? 0)] : [])),
		);
		tell(
			`${many} pictures in ${(took / 1_000).toFixed(1)} s, all servers at work after ${Math.round(from - began)} ms; ` +
				`counted ${Math.round(until - from)} ms, a picture takes ${Math.round(meanOf(shifts.flat()))} ms, between two of a server ${Math.round(gaps.reduce((a, b) => a + b, 0) / gaps.length)} ms`,
		);
		return {
			'farm.utilisation': (100 * busy) / ((until - from) * nodes),
			'farm.idle.longest': Math.max(...gaps),
			'farm.perSecond': many / (took / 1_000),
		};
	} finally {
		for (const close of closers.toReversed()) await close().catch(() => {});
	}
}

const overlap = ({ from, to }: Shift, begin: number, end: number): number =>
	Math.max(0, Math.min(to, end) - Math.max(from, begin));
const meanOf = (shifts: readonly Shift[]): number =>
	shifts.reduce((sum, { from, to }) => sum + to - from, 0) / shifts.length;
