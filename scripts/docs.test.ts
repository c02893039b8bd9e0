import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = [
	'README.md',
	'CONTRIBUTING.md',
	'CHANGELOG.md',
	...readdirSync(join(root, 'docs'))
		.filter((name) => name.endsWith('.md'))
		.map((name) => `docs/${name}`),
	...readdirSync(join(root, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
];
/** Every setting with its default, as `.env.example` lists them; it is written from the schemas. */
const settings = new Map(
	[...read('.env.example').matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
);

describe('the pages about Reelroom', () => {
	it('the settings of the README exist and have these defaults', () => {
		const rows = [...read('README.md').matchAll(/^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\|/gm)];
		expect(rows.length).toBeGreaterThan(6);
		for (const [, name = '', byDefault = ''] of rows) expect([name, byDefault]).toEqual([name, settings.get(name)]);
	});

	it.each(pages)('%s links to what is there, and names commands that are', (page) => {
		const text = read(page);
		for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g))
			expect(existsSync(join(root, dirname(page), target)), target).toBe(true);
		const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
		for (const [, name = ''] of text.matchAll(/npm run ([\w:-]+)/g)) expect(Object.keys(scripts)).toContain(name);
		for (const [, command = ''] of text.matchAll(/npx reelroom ([a-z]+)/g))
			expect(['start', 'render', 'doctor']).toContain(command);
	});

	it('compose sets only what the processes read', () => {
		// SvelteKit's own and glibc's own.
		const foreign = ['ORIGIN', 'MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_'];
		const names = [...read('docker-compose.yml').matchAll(/^ {6}([A-Z_]+): /gm)].map(([, name = '']) => name);
		expect(names.length).toBeGreaterThan(8);
		for (const name of names) expect([...settings.keys(), ...foreign]).toContain(name);
	});
});

describe('what is installed', () => {
	// Two copies of these do not know each other's objects, and break in ways that no test of one of them shows.
	it.each(['yjs', 'y-protocols', 'lib0', 'zod', 'mongodb', 'svelte'])('%s is there once', (name) => {
		const found = [...read('pnpm-lock.yaml').matchAll(new RegExp(`^  ${name}@([^:(]+)`, 'gm'))].map(
			([, version]) => version,
		);
		expect([...new Set(found)]).toHaveLength(1);
	});

	it.each([
		'socket.io',
		'express',
		'yjs',
		'y-websocket',
		'mongoose',
		'agenda',
		'svelte',
		'@sveltejs/kit',
		'jose',
		'fluent-ffmpeg',
	])('%s is used by the product', (name) => {
		const uses = (folder: string): boolean =>
			readdirSync(join(root, folder), { withFileTypes: true }).some((entry) => {
				const path = `${folder}/${entry.name}`;
				if (entry.isDirectory()) return !['node_modules', 'build', '.svelte-kit'].includes(entry.name) && uses(path);
				return (
					/(?<!\.test|\.testing)\.(ts|svelte)$/.test(entry.name) &&
					new RegExp(`from '${name.replace(/[.\\/]/g, '\\$&')}(?:/[^']*)?'`).test(read(path))
				);
			});
		expect(['shared', 'server', 'worker', 'web'].some(uses)).toBe(true);
	});
});
