import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const web = resolve(import.meta.dirname, '../..');
const sources = readdirSync(web, { recursive: true, encoding: 'utf8' })
	.filter((path) => /\.(ts|svelte|css|html)$/.test(path) && !path.endsWith('.test.ts'))
	.map((path) => readFileSync(join(web, path), 'utf8'));
const declared = new Set(
	[...readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8').matchAll(/^\t*(--[\w-]+):/gm)].map(
		([, name = '']) => name,
	),
);

test('every token is used somewhere', () => {
	const used = new Set(
		sources.flatMap((source) => [...source.matchAll(/var\(\s*(--[\w-]+)/g)].map(([, name]) => name)),
	);
	// Numbered ones are chosen by a number: `var(--p${n})`.
	const numbered = sources.flatMap((source) =>
		[...source.matchAll(/var\((--[\w-]+)\$\{/g)].map(([, start]) => start ?? ''),
	);
	const isUsed = (name: string): boolean =>
		used.has(name) || numbered.some((start) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)));
	expect([...declared].filter((name) => !isUsed(name))).toEqual([]);
});

test('a token that is used is declared, by the tokens or by the component itself', () => {
	const undeclared = sources.flatMap((source) =>
		[...source.matchAll(/var\(\s*(--[\w-]+)\s*\)/g)]
			.map(([, name = '']) => name)
			.filter(
				(name) => !declared.has(name) && !sources.some((one) => one.includes(`${name}:`) || one.includes(`${name}=`)),
			),
	);
	expect([...new Set(undeclared)]).toEqual([]);
});
