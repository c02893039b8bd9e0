import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TakenClip } from '@reelroom/shared/media/taken-clip.ts';
import { createFiles, type Files } from '@reelroom/shared/node/files.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { connectMongo, type Mongo } from '@reelroom/shared/node/mongo.ts';
import { createAskStore, type AskStore } from '@reelroom/shared/node/stores/ask-store.ts';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';
import { aDatabase } from '@reelroom/shared/testing/mongod.ts';
import { answerAsks } from './provider/answer-asks.ts';
import { lookInto } from './provider/clip.testing.ts';
import { aProvider } from './testing.ts';
import { createWorker } from './worker.ts';

const run = promisify(execFile);
const log = createLog('test', 'silent');
const poll = { timeout: 30_000, interval: 25 };
let folder: string;
let ffmpeg: string;
let mongo: Mongo;
let asks: AskStore;
let files: Files;
let worker: Awaited<ReturnType<typeof createWorker>>;
let count = 0;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'reelroom-own-clip-'));
	ffmpeg = (await findFfmpeg()).path;
	mongo = await connectMongo((await aDatabase()).uri);
	asks = createAskStore(mongo.db);
	await asks.ready();
	files = createFiles(join(folder, 'files'));
	const nobody = () => Promise.reject(new Error('nobody asks this here'));
	worker = await createWorker({
		mongo,
		log,
		dataDir: folder,
		concurrency: 1,
		providers: { test: await aProvider() },
		ffmpegPath: async () => ffmpeg,
		answerAsks: ({ takeClip, ...about }) =>
			answerAsks({
				asks,
				answerers: { 'check-credential': nobody, 'write-text': nobody, 'take-clip': takeClip },
				log,
				now: () => new Date(),
				...about,
			}),
	});
}, 240_000);
afterAll(async () => {
	await worker?.close();
	await mongo?.close();
	await rm(folder, { recursive: true, force: true });
});

/** A clip as ffmpeg makes it of these arguments. */
async function made(name: string, source: string, ...options: string[]): Promise<Uint8Array> {
	const path = join(folder, name);
	await run(ffmpeg, ['-nostdin', '-loglevel', 'error', '-y', '-f', 'lavfi', '-i', source, ...options, path]);
	return new Uint8Array(await readFile(path));
}
/** Asks for a clip to be taken in, as a server does. */
async function begin(bytes: Uint8Array): Promise<string> {
	const { sha256 } = await files.put(bytes);
	const _id = `ask-${++count}-of-clips`;
	await asks.ask({ _id, work: { kind: 'take-clip', sha256 }, projectId: null, askedBy: 'mei', at: new Date() });
	return _id;
}
async function ended(id: string) {
	await expect.poll(async () => (await asks.find(id))?.status, poll).toMatch(/done|failed/);
	return asks.find(id);
}
const codeOf = async (bytes: Uint8Array): Promise<string | undefined> =>
	(await ended(await begin(bytes)))?.problem?.code;

test('an uploaded clip keeps picture and sound, loses whatever else it carried, and has a first frame and a length', async () => {
	const said = ['-metadata', 'comment=taken at 52.5200 N'];
	const sound = ['-f', 'lavfi', '-i', 'sine=d=2', '-c:a', 'aac'];
	const bytes = await made(
		'own.mov',
		'testsrc=s=320x180:r=24:d=2',
		...sound,
		'-c:v',
		'libx264',
		'-pix_fmt',
		'yuv420p',
		...said,
	);
	expect(Buffer.from(bytes).includes('52.5200')).toBe(true);
	const taken = TakenClip.parse(JSON.parse((await ended(await begin(bytes)))?.text ?? ''));
	expect(taken).toMatchObject({ mediaType: 'video/mp4', widthPx: 320, heightPx: 180 });
	expect(Math.abs((taken.durationMs ?? 0) - 2000)).toBeLessThan(100);
	const stored = new Uint8Array(await files.read(taken.sha256));
	expect(stored.length).toBe(taken.sizeBytes);
	expect(Buffer.from(stored).includes('52.5200')).toBe(false);
	expect((await lookInto({ bytes: stored, mediaType: 'video/mp4' })).frames).toHaveLength(48);
	const { format, width, height } = await sharp(await files.read(taken.thumbnailSha256)).metadata();
	expect([format, width, height]).toEqual(['webp', 320, 180]);
});

test('what is no clip, damaged, too long or too large is refused in words, and nothing is called that it names', async () => {
	let called = 0;
	const canary = createServer((_request, response) => {
		called++;
		response.end();
	}).listen(0, '127.0.0.1');
	const url = `http://127.0.0.1:${await new Promise<number>((resolve) => canary.once('listening', () => resolve((canary.address() as AddressInfo).port)))}`;
	const playlist = `#EXTM3U\n#EXTINF:1,\n${url}/part.ts\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n`;
	const text = (words: string) => new TextEncoder().encode(words);
	const whole = await made('whole.mp4', 'testsrc=s=64x48:r=6:d=2', '-c:v', 'libx264');
	const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast'];
	const cases: [string, Uint8Array, string][] = [
		['a playlist', text(playlist), 'clip-unreadable'],
		['a playlist behind the first bytes of a clip', text(`\0\0\0\x18ftypisom${playlist}`), 'clip-unreadable'],
		['a list of files', text(`ffconcat version 1.0\nfile ${url}/a.mp4\n`), 'clip-unreadable'],
		['half a clip', whole.subarray(0, whole.length >> 1), 'clip-unreadable'],
		['sound alone', await made('sound.mp4', 'sine=d=1', '-c:a', 'aac'), 'clip-unreadable'],
		['more than half an hour', await made('long.mp4', 'color=s=64x64:r=1:d=1900', ...h264), 'take-too-large'],
		['more than 4K', await made('large.mp4', 'color=s=4200x64:r=2:d=1', ...h264), 'take-too-large'],
	];
	for (const [what, bytes, code] of cases) {
		const began = Date.now();
		expect(await codeOf(bytes), what).toBe(code);
		expect(Date.now() - began, what).toBeLessThan(10_000);
	}
	expect(called).toBe(0);
	canary.close();
	expect(await readdir(join(folder, 'work'))).toEqual([]);
});

test('one that nobody waits for any more is left, and the next one is taken in', async () => {
	// Longer work than the pause in which it is seen that nobody waits: it is encoded anew.
	const slow = await made('slow.mp4', 'testsrc2=s=1280x720:r=30:d=60', '-c:v', 'mpeg4', '-q:v', '31');
	const left = await begin(slow);
	await expect.poll(() => readdir(join(folder, 'work')), poll).toHaveLength(1);
	await asks.remove(left);
	const next = await made('next.mp4', 'testsrc=s=64x48:r=6:d=1', '-c:v', 'libx264', '-pix_fmt', 'yuv420p');
	expect((await ended(await begin(next)))?.problem).toBeNull();
	expect(await readdir(join(folder, 'work'))).toEqual([]);
});
