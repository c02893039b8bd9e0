// Writes .env.example from the settings each process declares: node scripts/launch.mjs env-example
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type * as z from 'zod';
import { CliConfig } from '../cli/src/config.ts';
import { ServerConfig } from '../server/src/config.ts';
import { WorkerConfig } from '../worker/src/config.ts';

const width = 100;

function help(schema: z.core.$ZodType): string {
	const described = schema as z.ZodType;
	return described.description ?? described.meta()?.description ?? '';
}

function wrap(text: string): string[] {
	const lines: string[] = [];
	for (const word of text.split(/\s+/).filter(Boolean)) {
		const last = lines.at(-1);
		if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
		else lines.push(word);
	}
	return lines.map((line) => `# ${line}`);
}

const lines = [
	'# Every setting of Reelroom with its default. Copy to .env and change what you need; nothing here has to be set.',
];
const told = new Set<string>();
for (const [title, config] of [
	['The command: npm start', CliConfig],
	['The server', ServerConfig],
	['The worker', WorkerConfig],
] as const) {
	lines.push('', `# ── ${title} ──`);
	for (const [key, schema] of Object.entries(config.shape)) {
		if (told.has(key)) continue;
		told.add(key);
		const byDefault = (schema as z.ZodType).safeParse(undefined);
		const value: unknown = byDefault.success ? byDefault.data : undefined;
		const shown = Array.isArray(value)
			? value.join(',')
			: ['string', 'number'].includes(typeof value)
				? String(value).replace(resolve(import.meta.dirname, '..'), '.')
				: '';
		lines.push('', ...wrap(help(schema)), `#${key}=${shown}`);
	}
}
writeFileSync(resolve(import.meta.dirname, '../.env.example'), `${lines.join('\n')}\n`);
console.log('.env.example is written.');
