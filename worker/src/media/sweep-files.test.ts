import { mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFiles, type Files } from '@reelroom/shared/node/files.ts';
import { sweepFiles, type FilesInUse } from './sweep-files.ts';

let folder: string;
let files: Files;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'reelroom-sweep-'));
	files = createFiles(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const old = new Date(Date.now() - 5 * 3_600_000);
const before = new Date(Date.now() - 2 * 3_600_000);
const aFile = async (words: string, at = old): Promise<string> => {
	const { sha256 } = await files.put(new TextEncoder().encode(words));
	await utimes(files.pathOf(sha256), at, at);
	return sha256;
};
const sweep = (inUse: FilesInUse, now = () => new Date()) => sweepFiles({ folder, inUse: [inUse], before, now });
const isThere = (sha256: string) =>
	stat(files.pathOf(sha256)).then(
		() => true,
		() => false,
	);
const only =
	(...used: string[]): FilesInUse =>
	async (asked) =>
		asked.filter((sha256) => used.includes(sha256));

test('a file that nothing refers to goes; one in use, and one that was just written, stay', async () => {
	const [used, unused, fresh] = [await aFile('used'), await aFile('unused'), await aFile('fresh', new Date())];
	expect(await sweep(only(used))).toBe(1);
	expect([await isThere(used), await isThere(unused), await isThere(fresh)]).toEqual([true, false, true]);
	expect(await sweep(only(used))).toBe(0);
});

test('a file that is written anew, or comes into use, while the sweep looks at it stays', async () => {
	const again = await aFile('again');
	let asked = 0;
	await sweep(async () => {
		// After the first look: a worker stores the same picture once more.
		if (asked++ === 0) await files.put(new TextEncoder().encode('again'));
		return [];
	});
	expect(await isThere(again)).toBe(true);
	const wanted = await aFile('wanted');
	let looks = 0;
	await sweep(async (names) => (looks++ === 0 || !names.includes(wanted) ? [] : [wanted]));
	expect(await isThere(wanted)).toBe(true);
});

test('many sweeps at once remove each file once', async () => {
	const all = await Promise.all(Array.from({ length: 30 }, (_, index) => aFile(`file ${index}`)));
	const kept = all[7] ?? '';
	const removed = await Promise.all(Array.from({ length: 4 }, () => sweep(only(kept))));
	expect(removed.reduce((sum, count) => sum + count, 0)).toBe(29);
	expect(await isThere(kept)).toBe(true);
});

test('what a killed sweep had put aside is put back and judged anew', async () => {
	const [used, unused] = [await aFile('used'), await aFile('unused')];
	for (const sha256 of [used, unused])
		await rename(files.pathOf(sha256), join(dirname(files.pathOf(sha256)), `.removing-${sha256}-dead`));
	// Young ones may belong to a sweep that is at work.
	expect(await sweep(only(used))).toBe(0);
	expect(await isThere(used)).toBe(false);
	const later = () => new Date(Date.now() + 3_600_000);
	expect(await sweep(only(used), later)).toBe(1);
	expect([await isThere(used), await isThere(unused)]).toEqual([true, false]);
	expect((await readdir(folder, { recursive: true })).filter((name) => name.includes('.removing-'))).toEqual([]);
});

test('what is no media file is left alone, and a folder that is not there is empty', async () => {
	await aFile('something');
	const shelf = join(folder, (await readdir(folder))[0] ?? '');
	await writeFile(join(shelf, 'notes.txt'), 'mine');
	await utimes(join(shelf, 'notes.txt'), old, old);
	await sweep(async () => []);
	expect(await readdir(shelf)).toEqual(['notes.txt']);
	expect(await sweepFiles({ folder: join(folder, 'none'), inUse: [], before, now: () => new Date() })).toBe(0);
});
