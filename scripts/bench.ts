// Measures every promised number and holds it to bench/budgets.json: npm run bench [-- part-of-a-name …]
import { readFileSync, readdirSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { outputOf } from '../shared/node/tools/cache.ts';
import { findBrowser } from '../shared/node/tools/find-browser.ts';
import { findFfmpeg } from '../shared/node/tools/find-ffmpeg.ts';
import { findMongod } from '../shared/node/tools/find-mongod.ts';
import { isKept } from '../bench/measure.ts';
import type { Bench, Budget } from '../bench/measure.ts';

const folder = resolve(import.meta.dirname, '../bench');
const budgets = JSON.parse(readFileSync(`${folder}/budgets.json`, 'utf8')) as Record<string, Budget>;
// What begins with a dash is for the parts themselves.
const asked = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const measured = new Set<string>();
const faults: string[] = [];

console.log(await machine());
for (const name of readdirSync(folder).filter(isAsked)) {
	const { workload, default: bench } = (await import(pathToFileURL(`${folder}/${name}`).href)) as Bench;
	console.log(`\n── ${name.replace('.bench.ts', '')}: ${workload}`);
	console.log(`   Others kept the machine ${Math.round((await busyShare()) * 100)} % busy before.`);
	try {
		for (const [figure, value] of Object.entries(await bench((line) => console.log(`   ${line}`))))
			report(figure, value);
	} catch (error) {
		faults.push(`${name} could not be run`);
		console.error(error);
	}
}
if (asked.length === 0)
	for (const [figure, { optional }] of Object.entries(budgets))
		if (!measured.has(figure) && optional !== true) faults.push(`${figure} was not measured`);
console.log(faults.length === 0 ? '\nEvery budget is kept.' : `\n${faults.join('\n')}`);
process.exit(faults.length === 0 ? 0 : 1);

function isAsked(file: string): boolean {
	return file.endsWith('.bench.ts') && (asked.length === 0 || asked.some((part) => file.includes(part)));
}

function report(figure: string, value: number): void {
	measured.add(figure);
	const budget = budgets[figure];
	if (budget === undefined) {
		faults.push(`${figure} has no line in budgets.json`);
		return;
	}
	const kept = isKept(value, budget);
	if (!kept) faults.push(`${figure} is over its budget`);
	const { unit, atMost, atLeast } = budget;
	const bound = [atMost === undefined ? '' : `≤ ${atMost}`, atLeast === undefined ? '' : `≥ ${atLeast}`].join('');
	const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
	console.log(
		`${kept ? '✓' : '✗'} ${figure.padEnd(34)} ${value.toFixed(digits).padStart(8)} ${unit.padEnd(4)} ${bound}`,
	);
}

/** What the figures were measured on. */
async function machine(): Promise<string> {
	const tools = await Promise.all([findMongod(), findFfmpeg(), findBrowser()]);
	const [mongod, ffmpeg, browser] = tools.map(({ version }) => version);
	const commit = await outputOf('git', ['-C', folder, 'describe', '--always', '--dirty']).catch(() => 'no git');
	return [
		`${new Date().toISOString()}, commit ${commit.trim()}`,
		`${cpus()[0]?.model.trim() ?? 'CPU'}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(1)} GiB, ${type()} ${release()}, load ${loadavg()[0]?.toFixed(2)}`,
		`Node ${process.versions.node}, MongoDB ${mongod}, FFmpeg ${ffmpeg}, Chromium ${browser}`,
	].join('\n');
}

/** How much of the processors is in use during one second in which we do nothing. */
async function busyShare(): Promise<number> {
	const times = () => {
		const all = cpus().map((cpu) => cpu.times);
		const idle = all.reduce((sum, cpu) => sum + cpu.idle, 0);
		return { idle, total: all.reduce((sum, cpu) => sum + cpu.idle + cpu.user + cpu.sys + cpu.nice + cpu.irq, 0) };
	};
	const before = times();
	await wait(1000);
	const after = times();
	return 1 - (after.idle - before.idle) / Math.max(1, after.total - before.total);
}
