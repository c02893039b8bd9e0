import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';

const run = promisify(execFile);
const command = join(import.meta.dirname, '../cli/src/main.ts');
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'reelroom-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command; answers its exit code and what it printed. */
async function reelroom(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
	try {
		return { code: 0, ...(await run(process.execPath, [command, ...words], { cwd: folder, timeout: 150_000 })) };
	} catch (error) {
		const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
		return { code, stdout, stderr };
	}
}

describe('reelroom render', () => {
	it('makes a film of a Chinese script in GBK without a browser, and tells each step as JSON', async () => {
		// 内景 山 - 夜 / 雪落。 in GBK: most Chinese text files of older programs are.
		const gbk = Uint8Array.from([
			0xc4, 0xda, 0xbe, 0xb0, 0x20, 0xc9, 0xbd, 0x20, 0x2d, 0x20, 0xd2, 0xb9, 0x0a, 0x0a, 0xd1, 0xa9, 0xc2, 0xe4, 0xa1,
			0xa3, 0x0a,
		]);
		await writeFile(join(folder, 'story.fountain'), gbk);
		const out = join(folder, 'film.mp4');
		const { code, stdout, stderr } = await reelroom(
			'render',
			'story.fountain',
			'--style',
			'ink-wash',
			'-o',
			out,
			'--width',
			'320',
			'--height',
			'180',
			'--json',
		);
		expect(code, stderr).toBe(0);
		const lines = stdout
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as { event: string; shots?: number });
		expect(lines.at(-1)).toMatchObject({ event: 'done', scenes: 1, widthPx: 320, heightPx: 180 });
		expect(lines.some(({ event }) => event === 'progress')).toBe(true);
		expect((await stat(out)).size).toBeGreaterThan(1000);
		const probed = await run((await findFfmpeg()).path, ['-i', out, '-f', 'null', '-']);
		expect(probed.stderr).toMatch(/Video: h264.*320x180/);
		expect((await readdir(folder)).sort()).toEqual(['film.mp4', 'story.fountain']);
	}, 180_000);

	it('refuses what is no script with a sentence, exit code 2, and no file', async () => {
		await writeFile(
			join(folder, 'picture.fountain'),
			Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13, 0, 1, 2, 3]),
		);
		const out = join(folder, 'none.mp4');
		const { code, stderr, stdout } = await reelroom('render', 'picture.fountain', '-o', out);
		expect(code).toBe(2);
		expect(stderr + stdout).toMatch(/script/i);
		await expect(stat(out)).rejects.toThrow('ENOENT');
		expect((await reelroom('render', 'missing.fountain', '-o', out)).code).toBe(2);
		expect((await reelroom('render', 'picture.fountain', '--style', 'crayon', '-o', out)).code).toBe(2);
	}, 120_000);

	it('refuses a folder, its own script and a place that is no folder as its film, before anything is drawn', async () => {
		await writeFile(join(folder, 'short.fountain'), 'INT. ROOM - DAY\n\nA chair.\n');
		for (const out of ['.', 'short.fountain', 'short.fountain/film.mp4']) {
			const { code, stderr, stdout } = await reelroom('render', 'short.fountain', '-o', out);
			expect([code, stdout], stderr).toEqual([2, '']);
			expect(stderr).toMatch(/folder|script|written/);
		}
	}, 60_000);

	it('reelroom doctor says what is found', async () => {
		const { code, stdout } = await reelroom('doctor', '--json');
		expect(code).toBe(0);
		expect(stdout).toMatch(/mongod/);
		expect(stdout).toMatch(/ffmpeg/);
	}, 60_000);
});
