import { expect, test } from 'vitest';
import { rules, outdated, programOf } from './rules.ts';

const keepOf = (path: string, mode: RequestMode = 'cors') =>
	rules.find(({ fits }) => fits(new URL(path, 'http://localhost'), mode))?.keep ?? 'nothing';

test('the program, pictures, replies and the studio’s page are kept on the device, and nothing else is', () => {
	expect(
		Object.fromEntries(
			[
				'/_app/immutable/chunks/a.js',
				'/api/v1/takes/abcdefgh/thumbnail',
				'/api/v1/projects',
				'/api/v1/account',
				'/projects/abcdefgh/__data.json',
				'/api/v1/auth/refresh',
				'/api/v1/health',
				'/api/v1/projects/abcdefgh/script',
				'/api/v1/films/abcdefgh/file',
				'/api/v1/projects/abcdefgh/ticket',
				'/live',
				'/',
				'/s/abcdefgh',
			].map((path) => [path, keepOf(path)]),
		),
	).toEqual({
		'/_app/immutable/chunks/a.js': 'program',
		'/api/v1/takes/abcdefgh/thumbnail': 'picture',
		'/api/v1/projects': 'reply',
		'/api/v1/account': 'reply',
		'/projects/abcdefgh/__data.json': 'shell',
		'/api/v1/auth/refresh': 'nothing',
		'/api/v1/health': 'nothing',
		'/api/v1/projects/abcdefgh/script': 'nothing',
		'/api/v1/films/abcdefgh/file': 'nothing',
		'/api/v1/projects/abcdefgh/ticket': 'nothing',
		'/live': 'nothing',
		'/': 'nothing',
		'/s/abcdefgh': 'nothing',
	});
	expect([
		keepOf('/projects/abcdefgh/board', 'navigate'),
		keepOf('/projects', 'navigate'),
		keepOf('/login', 'navigate'),
	]).toEqual(['shell', 'shell', 'nothing']);
});

test('the build before the present one stays for the windows that still run it, older ones go', () => {
	const caches = ['reelroom-program-1', 'reelroom-replies', 'reelroom-program-2', 'reelroom-program-3'];
	expect(outdated(caches, programOf('3'))).toEqual(['reelroom-program-1']);
	expect(outdated(caches.slice(0, 3), programOf('2'))).toEqual([]);
});
