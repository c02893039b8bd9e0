import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { statIfThere } from './stat-if-there.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'reelroom-stat-'))));
afterEach(() => rm(folder, { recursive: true }));

test('a file that is there is described, one that is not there is undefined', async () => {
	await writeFile(join(folder, 'there'), 'four');
	expect((await statIfThere(join(folder, 'there')))?.size).toBe(4);
	expect(await statIfThere(join(folder, 'gone'))).toBeUndefined();
});

test('a path that cannot be looked at is a fault and not "not there"', async () => {
	await symlink('loop', join(folder, 'loop'));
	await expect(statIfThere(join(folder, 'loop'))).rejects.toMatchObject({ code: 'ELOOP' });
	await writeFile(join(folder, 'file'), '');
	await expect(statIfThere(join(folder, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});
