import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { outputOf } from './cache.ts';
import { findTool, type Place } from './find-tool.ts';

const folder = mkdtempSync(join(tmpdir(), 'reelroom-tool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = (name: string, says: string): string => {
	const path = join(folder, name);
	writeFileSync(path, `#!/bin/sh\necho ${says}\n`);
	chmodSync(path, 0o755);
	return path;
};
const versionOf = async (path: string): Promise<string> => {
	const version = (await outputOf(path, [])).trim();
	if (version === 'old') throw new Error('it is too old');
	return version;
};
const find = (env: Record<string, string>, places: Place[] = []) =>
	findTool({
		what: 'a tool',
		variable: 'TOOL_PATH',
		names: ['tool'],
		places,
		versionOf,
		advice: 'Install one.',
		env: { PATH: '/nowhere', ...env },
	});

describe('finding a program', () => {
	it('takes the one that is named, and no other when that one is not usable', async () => {
		expect(await find({ TOOL_PATH: program('mine', '7') })).toMatchObject({ version: '7', source: 'TOOL_PATH' });
		await expect(
			find({ TOOL_PATH: program('broken', 'old') }, [{ source: 'cache', find: async () => program('good', '8') }]),
		).rejects.toThrow(/TOOL_PATH does not name a tool that is usable.*too old/);
	});
	it('takes PATH before the further places, and passes over what is too old', async () => {
		const cache: Place = { source: 'cache', find: async () => program('cached', '9') };
		program('tool', '5');
		expect(await find({ PATH: folder }, [cache])).toMatchObject({ version: '5', source: 'PATH' });
		program('tool', 'old');
		expect(await find({ PATH: folder }, [cache])).toMatchObject({ version: '9', source: 'cache' });
	});
	it('says what was tried and what to do when all ways fail', async () => {
		const places: Place[] = [
			{ source: 'cache', find: async () => null },
			{ source: 'registry', find: () => Promise.reject(new Error('no network')) },
		];
		await expect(find({}, places)).rejects.toThrow(
			'No usable tool was found. Tried: PATH: no tool there; cache: not there; registry: no network. Install one.',
		);
	});
});
