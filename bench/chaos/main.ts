// Kills, stops, cancels and bad networks, and the books behind them; docs/reliability.md says what each is to show. Every run is chosen by one option:
//   npm run chaos [-- --long] [-- --kills=N] [-- --rate=EDITS_PER_SECOND_AND_WRITER]   people type while servers and database are killed
//   npm run chaos -- --tasks=2000 --kills=200     pictures are asked for while everything is killed and ComfyUI goes wrong
//   npm run chaos -- --cancels=500                tasks are cancelled at random moments
//   npm run chaos -- --stops=50                   servers and workers are asked to end while there is much to do
//   npm run chaos -- --network=comfyui [--seconds=N]   a network goes wrong: comfyui, mongod or browser, several with commas; each trouble so long
// With --seed=N the same chances come again; --rounds=N goes on with the seeds behind it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCancels } from './cancels.ts';
import { openHouse, type ChaosHouse } from './house.ts';
import { links, openNetworkHouse, runNetwork } from './network.ts';
import { runChaos } from './run.ts';
import { runStops } from './stops.ts';
import { openTaskHouse, runTaskChaos } from './tasks.ts';

const { values } = parseArgs({
	options: {
		long: { type: 'boolean', default: false },
		seed: { type: 'string' },
		kills: { type: 'string' },
		rounds: { type: 'string' },
		rate: { type: 'string' },
		tasks: { type: 'string' },
		cancels: { type: 'string' },
		stops: { type: 'string' },
		network: { type: 'string' },
		seconds: { type: 'string' },
	},
});
const seed = Number(values.seed ?? 20261124);
const kills = Number(values.kills ?? (values.long ? 50 : 20));
const rounds = Number(values.rounds ?? (values.long ? 4 : 1));
const perSecond = Number(values.rate ?? (values.long ? 14 : 6));
const say = console.log;
let isClean = true;

type Told = { faults: Record<string, string[]> } & Record<string, unknown>;
type Opened = { run(): Promise<Told>; house: ChaosHouse; close(): Promise<void> };

async function open(dataDir: string, about: { seed: number }): Promise<Opened> {
	const ofTasks = async (
		options: Parameters<typeof openTaskHouse>[1],
		run: (all: Awaited<ReturnType<typeof openTaskHouse>>) => Promise<Told>,
	) => {
		const opened = await openTaskHouse(dataDir, options);
		return { house: opened.house, close: opened.house.close, run: () => run(opened) };
	};
	if (values.tasks !== undefined) {
		const tasks = Number(values.tasks);
		return ofTasks({}, ({ house, farm }) =>
			runTaskChaos(house, farm, { ...about, tasks, kills, say, limitMs: 1_800_000 }),
		);
	}
	if (values.cancels !== undefined) {
		const cancels = Number(values.cancels);
		return ofTasks({ paceMs: 15, plan: 'studio' }, ({ house, farm }) =>
			runCancels(house, farm, { ...about, cancels, say }),
		);
	}
	if (values.stops !== undefined) {
		const stops = Number(values.stops);
		return ofTasks({ paceMs: 10, plan: 'studio' }, ({ house }) => runStops(house, { ...about, stops, say }));
	}
	if (values.network !== undefined) {
		const wanted = values.network.split(',');
		const on = links.filter((link) => wanted.includes(link));
		const opened = await openNetworkHouse(dataDir);
		return {
			house: opened.house,
			close: opened.close,
			run() {
				const seconds = Number(values.seconds ?? 30);
				const phaseMs = (trouble: string) => (trouble === 'half open' ? 2_000 : 1_000) * seconds;
				return runNetwork(opened, { on, phaseMs, restMs: 10_000, rounds: 3, say });
			},
		};
	}
	const house = await openHouse(dataDir, { servers: 2 });
	return {
		house,
		close: house.close,
		run: () => runChaos(house, { ...about, kills, say, limitMs: 280_000, perSecond }),
	};
}

for (let round = 0; round < rounds; round++) {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-chaos-'));
	let opened: Opened | undefined;
	const leave = () => void Promise.resolve(opened?.close()).finally(() => process.exit(130));
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave);
	try {
		opened = await open(dataDir, { seed: seed + round });
		const { faults, ...told } = await opened.run();
		console.log(JSON.stringify(told));
		for (const [kind, all] of Object.entries(faults)) {
			if (all.length === 0) continue;
			isClean = false;
			console.log(`${kind}: ${all.length}\n  ${all.slice(0, 10).join('\n  ')}`);
		}
		for (const line of new Set(
			opened.house.complaints.map((line) => line.replace(/"(pid|time|at|projectId|taskId|attempt)":[^,]*,?/g, '')),
		))
			console.log(`  said: ${line.slice(0, 2_000)}`);
	} finally {
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, leave);
		await opened?.close();
		await rm(dataDir, { recursive: true, force: true });
	}
}
console.log(isClean ? 'The books are right.' : 'The books are wrong.');
process.exit(isClean ? 0 : 1);
