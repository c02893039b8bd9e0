import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from './pid-lock.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'reelroom-lock-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a lock is held until it is released', () => {
	const path = join(folder, 'lock');
	const lock = takeLock(path);
	expect(takeLock(path)).toEqual({ heldBy: process.pid });
	if ('release' in lock) lock.release();
	expect(takeLock(path)).toHaveProperty('release');
});

test('a lock left by a process that is gone, or by another that had this number, is replaced', () => {
	const path = join(folder, 'lock');
	for (const left of ['4194303 1\n', `${process.pid} 1\n`, 'not a lock', '']) {
		writeFileSync(path, left);
		expect(takeLock(path)).toHaveProperty('release');
		expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
		rmSync(path);
	}
});
