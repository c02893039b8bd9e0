// Measures every promised number and holds it to bench/budgets.json: npm run bench [-- part-of-a-name]
import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = resolve(import.meta.dirname, '../bench');
const budgets = JSON.parse(readFileSync(`${folder}/budgets.json`, 'utf8')) as Record<string, number>;
const asked = process.argv[2] ?? '';
let over = 0;

for (const name of readdirSync(folder).filter((file) => file.endsWith('.bench.ts') && file.includes(asked))) {
	const { default: bench } = (await import(pathToFileURL(`${folder}/${name}`).href)) as {
		default: () => Promise<Record<string, number>>;
	};
	for (const [figure, value] of Object.entries(await bench())) {
		const budget = budgets[figure];
		const kept = budget === undefined || value <= budget;
		if (!kept) over++;
		console.log(
			`${kept ? '✓' : '✗'} ${figure.padEnd(28)} ${value.toFixed(0).padStart(8)}${budget === undefined ? '' : `  of ${budget}`}`,
		);
	}
}
console.log(over === 0 ? 'Every budget is kept.' : `${over} over budget.`);
process.exitCode = over === 0 ? 0 : 1;
