import { execFile } from 'node:child_process';
import FfmpegCommand from 'fluent-ffmpeg';
import { Problem } from '@reelroom/shared/problem.ts';
import type { FfmpegJob } from './ffmpeg-args.ts';

/** How many lines of ffmpeg's own words are kept for the log. */
const keptLines = 20;

/** What ffmpeg's last words mean: it tells of a full disk in words only. */
function failureOf(words: string, error: Error): Problem {
	const cause = new Error(words, { cause: error });
	return /No space left on device|Disk quota exceeded/.test(words)
		? new Problem('storage-full', undefined, { cause })
		: new Problem('render-failed', 'ffmpeg could not make the film', { cause });
}

type Ended = (error?: unknown, ...output: unknown[]) => void;
type Spawn = (...given: [...unknown[], Ended]) => void;

/**
 * Makes a command say by its `error` event that a process could not be started. By itself it throws outside of everybody's reach, when the system has
 * no room for another process or file, and once more when it asks a process that never was for its words.
 */
function sayFailedSpawns(command: FfmpegCommand.FfmpegCommand): void {
	const inside = command as unknown as { _spawnFfmpeg: Spawn };
	const spawn = inside._spawnFfmpeg.bind(command);
	const nothing = { get: () => '' };
	inside._spawnFfmpeg = (...given) => {
		const ended = given.pop() as Ended;
		try {
			spawn(...given, (error, out = nothing, err = nothing) => ended(error, out, err));
		} catch (error) {
			command.emit('error', error);
		}
	};
}

/**
 * Runs one ffmpeg job and tells each progress as frames written. Rejects with the signal's reason when aborted (ffmpeg is killed)
 * and with `render-failed` or `storage-full` when ffmpeg fails; its own last words are the cause, for the log only.
 */
export function runFfmpeg(
	ffmpegPath: string,
	job: FfmpegJob,
	context: { signal: AbortSignal; onFrames: (frames: number) => void },
): Promise<void> {
	return new Promise((resolve, reject) => {
		context.signal.throwIfAborted();
		const command = FfmpegCommand({ logger: undefined });
		command.setFfmpegPath(ffmpegPath);
		sayFailedSpawns(command);
		for (const input of job.inputs) {
			command.input(input.source);
			command.inputOptions(input.options);
		}
		const words: string[] = [];
		const onAbort = () => command.kill('SIGKILL');
		const settle = (finish: () => void) => {
			context.signal.removeEventListener('abort', onAbort);
			finish();
		};
		command
			.outputOptions([...(job.filter === '' ? [] : ['-filter_complex', job.filter]), ...job.outputOptions])
			.output(job.output)
			// An abort may come while it is still being prepared, when there is nothing to kill.
			.on('start', () => context.signal.aborted && onAbort())
			.on('progress', (progress: { frames?: number }) => context.onFrames(progress.frames ?? 0))
			.on('stderr', (line: string) => {
				words.push(line);
				if (words.length > keptLines) words.shift();
			})
			.on('end', () => settle(() => (context.signal.aborted ? reject(context.signal.reason) : resolve())))
			.on('error', (error: Error) =>
				settle(() => reject(context.signal.aborted ? context.signal.reason : failureOf(words.join('\n'), error))),
			);
		context.signal.addEventListener('abort', onAbort, { once: true });
		command.run();
	});
}

export type SeenStreams = {
	video: { codec: string; pixels: string; widthPx: number; heightPx: number } | null;
	/** Codec of its sound; null for none. */
	audio: string | null;
	/** Null where the file does not say. */
	durationMs: number | null;
};
const lookMs = 20_000;

/** What ffmpeg sees in a file that is read as one kind and no other; without a picture for what it cannot read. */
export function lookAtStreams(
	ffmpegPath: string,
	{ path, demuxer }: { path: string; demuxer: string },
	signal: AbortSignal,
): Promise<SeenStreams> {
	const asked = ['-nostdin', '-hide_banner', '-protocol_whitelist', 'file,pipe', '-f', demuxer, '-i', path];
	return new Promise((resolve, reject) => {
		// It ends with a fault because nothing is to be written; what it saw it has said before.
		execFile(ffmpegPath, asked, { timeout: lookMs, signal, maxBuffer: 1 << 22 }, (error, _out, words) => {
			if (signal.aborted) return reject(signal.reason);
			if (error !== null && typeof error.code !== 'number')
				return reject(new Problem('provider-failed', 'The clip could not be looked at', { cause: error }));
			resolve(parseStreams(words));
		});
	});
}

/** Reads what ffmpeg says of a file. Lines of its metadata are set further in, so that none of them is taken for a stream. */
export function parseStreams(words: string): SeenStreams {
	const [, codec, pixels = '', width = '', height = ''] =
		/^ {2}Stream #0:\d.*?: Video: (\w+)\b.*?, (\w+)(?:\([^)]*\))?, (\d{1,6})x(\d{1,6})/m.exec(words) ?? [];
	const [, hours, minutes, seconds] = /^ {2}Duration: (\d+):(\d\d):([\d.]+)/m.exec(words) ?? [];
	return {
		video: codec === undefined ? null : { codec, pixels, widthPx: Number(width), heightPx: Number(height) },
		audio: /^ {2}Stream #0:\d.*?: Audio: (\w+)/m.exec(words)?.[1] ?? null,
		durationMs:
			hours === undefined ? null : Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000),
	};
}
