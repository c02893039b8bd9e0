// Kills servers and database while people type, and checks the books: npm run chaos [-- --long] [-- --seed=N] [-- --kills=N] [-- --rate=EDITS_PER_SECOND_AND_WRITER]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openHouse } from './house.ts';
import { runChaos } from './run.ts';

const { values } = parseArgs({
	options: {
		long: { type: 'boolean', default: false },
		seed: { type: 'string' },
		kills: { type: 'string' },
		rounds: { type: 'string' },
		rate: { type: 'string' },
	},
});
const seed = Number(values.seed ?? 20261124);
const kills = Number(values.kills ?? (values.long ? 50 : 20));
const rounds = Number(values.rounds ?? (values.long ? 4 : 1));
const perSecond = Number(values.rate ?? (values.long ? 14 : 6));
let isClean = true;

for (let round = 0; round < rounds; round++) {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-chaos-'));
	const house = await openHouse(dataDir, 2);
	const leave = () => void house.close().finally(() => process.exit(130));
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave);
	try {
		const figures = await runChaos(house, { seed: seed + round, kills, limitMs: 280_000, perSecond, say: console.log });
		const { faults, ...told } = figures;
		console.log(JSON.stringify(told));
		for (const [kind, all] of Object.entries(faults)) {
			if (all.length === 0) continue;
			isClean = false;
			console.log(`${kind}: ${all.length}\n  ${all.slice(0, 10).join('\n  ')}`);
		}
		for (const line of new Set(
			house.complaints.map((line) => line.replace(/"(pid|time|projectId|attempt)":[^,]*,?/g, '')),
		))
			console.log(`  server said: ${line.slice(0, 300)}`);
	} finally {
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, leave);
		await house.close();
		await rm(dataDir, { recursive: true, force: true });
	}
}
console.log(isClean ? 'Nothing was lost, nothing doubled, nothing shown as saved too early.' : 'The books are wrong.');
process.exit(isClean ? 0 : 1);
