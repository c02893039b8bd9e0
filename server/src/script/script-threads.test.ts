import { afterEach, expect, it } from 'vitest';
import { createScriptThreads, type ScriptThreads } from './script-threads.ts';

let threads: ScriptThreads;
afterEach(() => threads.close());
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it('runs many jobs on few threads, each with its own answer', async () => {
	threads = createScriptThreads();
	const texts = Array.from({ length: 12 }, (_, n) => `INT. ROOM ${n}\n`);
	const files = await Promise.all(texts.map((text) => threads.run('read', { bytes: bytes(text), name: 'a.fountain' })));
	expect(files.map((file) => file.text)).toEqual(texts);
	await expect(threads.run('read', { bytes: bytes('\u0000'), name: '' })).rejects.toMatchObject({
		code: 'not-a-script',
	});
});

it('ends a job that takes too long with a problem, and goes on with the next one', async () => {
	threads = createScriptThreads(400);
	const flood = bytes('[[a]]\n'.repeat(300_000));
	await expect(threads.run('read', { bytes: flood, name: 'a.txt' })).rejects.toMatchObject({ code: 'too-large' });
	threads = createScriptThreads();
	expect((await threads.run('read', { bytes: bytes('INT. A\n'), name: '' })).text).toBe('INT. A\n');
});

it('refuses what waits when it is closed', async () => {
	threads = createScriptThreads();
	const running = [1, 2, 3].map(() => threads.run('read', { bytes: bytes('INT. A\n'), name: '' }));
	const settled = Promise.allSettled(running);
	await threads.close();
	for (const one of await settled)
		if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'unavailable' });
	await expect(threads.run('read', { bytes: bytes('INT. A\n'), name: '' })).rejects.toMatchObject({
		code: 'unavailable',
	});
});
