// Kills servers and database while people type, and checks the books: npm run chaos [-- --long] [-- --seed=N] [-- --kills=N] [-- --rate=EDITS_PER_SECOND_AND_WRITER]
// The same with workers, too, while people have pictures drawn by ComfyUI servers that go wrong: npm run chaos -- --tasks=2000 [-- --kills=N] [-- --seed=N]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openHouse, type ChaosHouse } from './house.ts';
import { runChaos } from './run.ts';
import { openTaskHouse, runTaskChaos } from './tasks.ts';

const { values } = parseArgs({
	options: {
		long: { type: 'boolean', default: false },
		seed: { type: 'string' },
		kills: { type: 'string' },
		rounds: { type: 'string' },
		rate: { type: 'string' },
		tasks: { type: 'string' },
	},
});
const seed = Number(values.seed ?? 20261124);
const kills = Number(values.kills ?? (values.long ? 50 : 20));
const rounds = Number(values.rounds ?? (values.long ? 4 : 1));
const perSecond = Number(values.rate ?? (values.long ? 14 : 6));
const tasks = values.tasks === undefined ? null : Number(values.tasks);
let isClean = true;

for (let round = 0; round < rounds; round++) {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-chaos-'));
	const about = { seed: seed + round, kills, say: console.log };
	let house: ChaosHouse | undefined;
	const leave = () => void Promise.resolve(house?.close()).finally(() => process.exit(130));
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave);
	try {
		const { faults, ...told } = await (async () => {
			if (tasks === null) {
				house = await openHouse(dataDir, { servers: 2 });
				return runChaos(house, { ...about, limitMs: 280_000, perSecond });
			}
			const opened = await openTaskHouse(dataDir);
			house = opened.house;
			return runTaskChaos(house, opened.farm, { ...about, tasks, limitMs: 1_800_000 });
		})();
		console.log(JSON.stringify(told));
		for (const [kind, all] of Object.entries(faults)) {
			if (all.length === 0) continue;
			isClean = false;
			console.log(`${kind}: ${all.length}\n  ${all.slice(0, 10).join('\n  ')}`);
		}
		for (const line of new Set(
			house?.complaints.map((line) => line.replace(/"(pid|time|at|projectId|taskId|attempt)":[^,]*,?/g, '')),
		))
			console.log(`  said: ${line.slice(0, 2_000)}`);
	} finally {
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, leave);
		await house?.close();
		await rm(dataDir, { recursive: true, force: true });
	}
}
const clean =
	tasks === null
		? 'Nothing was lost, nothing doubled, nothing shown as saved too early.'
		: 'Every task came to one end, none was paid twice, no prompt was sent twice without a reason.';
console.log(isClean ? clean : 'The books are wrong.');
process.exit(isClean ? 0 : 1);
