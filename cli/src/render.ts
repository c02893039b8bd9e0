import { randomBytes } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { filmApi } from '@reelroom/shared/cut/api.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { nameFrom } from '@reelroom/shared/name.ts';
import { createShutdown } from '@reelroom/shared/node/shutdown.ts';
import { statIfThere } from '@reelroom/shared/node/stat-if-there.ts';
import { freePort } from '@reelroom/shared/node/tools/free-port.ts';
import { projectApi } from '@reelroom/shared/project/api.ts';
import { aspectRatios, frameSize } from '@reelroom/shared/project/project.ts';
import type { AspectRatio, Fps } from '@reelroom/shared/project/project.ts';
import { scriptApi } from '@reelroom/shared/script/api.ts';
import type { StyleName } from '@reelroom/shared/style/style.ts';
import { taskApi } from '@reelroom/shared/task/api.ts';
import { isFinished } from '@reelroom/shared/task/task.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import { Refusal, signUp } from './call.ts';
import type { Caller } from './call.ts';
import type { CliConfig } from './config.ts';
import { createReport } from './report.ts';
import type { Report } from './report.ts';
import { openStudio } from './studio.ts';

/** What `reelroom render` is asked for. */
export interface RenderOptions {
	out?: string;
	style: StyleName;
	subtitles: 'burned' | 'soft' | 'none';
	quality: 'draft' | 'final';
	ratio: AspectRatio;
	width?: number;
	height?: number;
	fps: string;
	json?: boolean;
}

/** The input is at fault, not we. */
class BadInput extends Error {}
const inputCodes = [
	'not-a-script',
	'invalid-input',
	'nothing-to-break-down',
	'nothing-to-render',
	'nothing-to-generate',
	'too-large',
];
const pollMs = 250;

/** Turns a script file into a film with a studio of its own; 0 done, 1 failed, 2 the input is wrong. */
export async function renderFilm(file: string, options: RenderOptions, config: Readonly<CliConfig>): Promise<number> {
	const report = createReport({ json: options.json === true });
	const began = Date.now();
	let interrupted = false;
	const shutdown = createShutdown({
		log: {
			info: () => void (interrupted = true),
			error: (details: unknown) => report.warn(faultOf(details)),
		},
		limitMs: 60_000,
		// 0 is what a signal asked for; anything else is a fault of ours and must not pass for Ctrl-C.
		exit: (code) => process.exit(code === 0 ? 130 : code),
	});
	try {
		const bytes = await readScript(file);
		const size = sizeOf(options);
		const out = await outputFor(file, options.out);
		const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-render-'));
		shutdown.add('temporary folder', () => rm(dataDir, { recursive: true, force: true }));

		report.stage('start', 'Opening a studio of its own …');
		const studio = await openStudio({
			dataDir,
			port: await freePort(),
			host: '127.0.0.1',
			origin: config.ORIGIN ?? config.PUBLIC_URL,
			cacheGb: config.MONGO_CACHE_GB,
			workers: config.WORKERS,
			tell: () => {},
			warn: report.warn,
			opened: shutdown.add,
			signal: shutdown.signal,
		});
		const broken = studio.failed.then((reason): never => {
			throw new Error(reason);
		});
		const work = makeFilm(
			studio.url,
			{ ...options, ...size },
			{
				bytes,
				fileName: basename(file).slice(-255),
				name: basename(file, extname(file)),
				out,
				report,
				signal: shutdown.signal,
			},
		);
		const film = await Promise.race([work, broken]);
		await shutdown.close();
		const seconds = ((Date.now() - began) / 1000).toFixed(1);
		report.done(
			{ out, ...film, tookMs: Date.now() - began },
			`${out} (${film.widthPx} × ${film.heightPx}, ${(film.durationFrames / film.fps).toFixed(1)} s, made in ${seconds} s)`,
		);
		return 0;
	} catch (error) {
		await shutdown.close();
		if (interrupted) return 130;
		const message = error instanceof Error ? error.message : String(error);
		const badInput = error instanceof BadInput || (error instanceof Refusal && inputCodes.includes(error.code));
		report.failed(error instanceof Refusal ? error.code : badInput ? 'invalid-input' : 'failed', message);
		return badInput ? 2 : 1;
	}
}

/** What went wrong in closing, or by a fault of ours, in one line. */
function faultOf(details: unknown): string {
	const { err, thing, reason } = details as { err?: unknown; thing?: string; reason?: string };
	return `${thing ?? reason ?? 'fault'}: ${err instanceof Error ? err.message : String(err)}`;
}

async function readScript(file: string): Promise<Uint8Array<ArrayBuffer>> {
	const unreadable = (cause: unknown): never => {
		throw new BadInput(`${file} cannot be read.`, { cause });
	};
	const found = await statIfThere(file).catch(unreadable);
	if (!found?.isFile()) throw new BadInput(`There is no file ${file}.`);
	if (found.size > limits.scriptFileBytes)
		throw new BadInput(`${file} is larger than ${limits.scriptFileBytes / 2 ** 20} MB.`);
	if (found.size === 0) throw new BadInput(`${file} is empty.`);
	return new Uint8Array(await readFile(file).catch(unreadable));
}

/** Where the film goes. Asked before anything is drawn: a film that cannot be put down at the end is minutes lost. */
async function outputFor(file: string, wish: string | undefined): Promise<string> {
	const out = resolve(wish ?? `${basename(file, extname(file))}.mp4`);
	const unwritable = (cause: unknown): never => {
		throw new BadInput(`${dirname(out)} cannot be written to.`, { cause });
	};
	const there = await statIfThere(out).catch(unwritable);
	if (there?.isDirectory()) throw new BadInput(`${out} is a folder. Name the file that the film goes into.`);
	if (out === resolve(file)) throw new BadInput('The film would replace its script. Name another file by --out.');
	await mkdir(dirname(out), { recursive: true }).catch(unwritable);
	await access(dirname(out), constants.W_OK).catch(unwritable);
	return out;
}

function sizeOf({ width, height, ratio }: RenderOptions): { widthPx: number; heightPx: number; ratio: AspectRatio } {
	const even = (n: number) => Math.round(n / 2) * 2;
	const shape = (of: AspectRatio) => {
		const { widthPx, heightPx } = frameSize(of);
		return widthPx / heightPx;
	};
	if (width === undefined && height === undefined) return { ...frameSize(ratio), ratio };
	const widthPx = even(width ?? (height ?? 0) * shape(ratio));
	const heightPx = even(height ?? (width ?? 0) / shape(ratio));
	if (width === undefined || height === undefined) return { widthPx, heightPx, ratio };
	// The project gets the nearest shape it knows; the film gets exactly what was asked for.
	const distance = (of: AspectRatio) => Math.abs(Math.log(widthPx / heightPx / shape(of)));
	return { widthPx, heightPx, ratio: aspectRatios.toSorted((a, b) => distance(a) - distance(b))[0] ?? ratio };
}

async function makeFilm(
	url: string,
	options: RenderOptions & { widthPx: number; heightPx: number },
	{
		bytes,
		fileName,
		name,
		out,
		report,
		signal,
	}: {
		bytes: Uint8Array<ArrayBuffer>;
		fileName: string;
		name: string;
		out: string;
		report: Report;
		signal: AbortSignal;
	},
) {
	const password = randomBytes(24).toString('base64url');
	const caller = await signUp(url, { email: 'render@reelroom.example', password, name: 'Render' }, signal);
	const { style, subtitles, quality } = options;
	const project = await caller.call(projectApi.create, {
		body: { name: nameFrom(name, 120) || 'Film', style, aspectRatio: options.ratio, fps: Number(options.fps) as Fps },
	});
	const params = { id: project.id };
	await caller.call(scriptApi.import, { params, query: { name: fileName }, bytes });
	const board = await caller.call(scriptApi.acceptBreakDown, { params, body: {} });
	if (board.shots === 0) throw new BadInput('The script has nothing to show: no action and no dialogue.');
	report.stage(
		'break-down',
		`${board.scenes} ${board.scenes === 1 ? 'scene' : 'scenes'}, ${board.shots} ${board.shots === 1 ? 'shot' : 'shots'}.`,
	);

	report.stage('generate', `Drawing ${board.shots === 1 ? 'the frame' : 'the frames'} …`);
	// One request takes so many shots and no more; each asks for those that still have no take.
	for (let drawn = 0, left = 1; left > 0;) {
		const asked = await caller.call(taskApi.generate, { params, body: { style } });
		await drawAll(caller, project.id, { drawn, asked: asked.tasks.length, shots: board.shots }, report, signal);
		drawn += asked.tasks.length;
		left = asked.left ?? 0;
	}

	report.stage('render', 'Rendering the film …');
	const size = { width: options.widthPx, height: options.heightPx };
	const task = await caller.call(taskApi.render, { params, body: { subtitles, quality, ...size } });
	const filmId = await rendered(caller, task, report, signal);
	const film = (await caller.call(filmApi.list, { params })).find(({ id }) => id === filmId);
	if (!film) throw new Error('The film was rendered but is not in the list of films.');
	await download(await caller.file(filmApi.file, { id: film.id }), out, film.sizeBytes);
	return {
		scenes: board.scenes,
		shots: board.shots,
		widthPx: film.widthPx,
		heightPx: film.heightPx,
		fps: film.fps,
		durationFrames: film.durationFrames,
		sizeBytes: film.sizeBytes,
	};
}

async function drawAll(
	caller: Caller,
	id: string,
	count: { drawn: number; asked: number; shots: number },
	report: Report,
	signal: AbortSignal,
) {
	for (;;) {
		// Newest first, so the tasks of this round lead the list.
		const tasks = (await caller.call(taskApi.list, { params: { id }, query: { limit: 500 } })).slice(0, count.asked);
		const failed = tasks.find(({ status }) => status === 'failed' || status === 'cancelled');
		if (failed) throw new Error(`The frame of ${failed.label} failed: ${failed.problem?.detail ?? failed.status}`);
		const active = tasks.filter(({ status }) => !isFinished(status)).length;
		const done = count.drawn + count.asked - active;
		report.progress('generate', done, count.shots, `${done} of ${count.shots}`);
		if (active === 0) return;
		await wait(pollMs, undefined, { signal });
	}
}

async function rendered(caller: Caller, { id }: Task, report: Report, signal: AbortSignal): Promise<string> {
	for (;;) {
		const task = await caller.call(taskApi.read, { params: { id } });
		if (task.progress) report.progress('render', task.progress.value, task.progress.max, task.progress.stage);
		if (task.status === 'succeeded' && task.filmId !== null) return task.filmId;
		if (isFinished(task.status))
			throw new Error(`The film could not be rendered: ${task.problem?.detail ?? task.status}`);
		await wait(pollMs, undefined, { signal });
	}
}

async function download(reply: Response, out: string, sizeBytes: number) {
	if (!reply.body) throw new Error('The server sent no film.');
	const draft = `${out}.part`;
	try {
		await pipeline(Readable.fromWeb(reply.body as WebStream), createWriteStream(draft));
		if ((await stat(draft)).size !== sizeBytes) throw new Error('The film arrived incomplete.');
		await rename(draft, out);
	} finally {
		await rm(draft, { force: true });
	}
}
