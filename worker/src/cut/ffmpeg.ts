import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import FfmpegCommand from 'fluent-ffmpeg';
import { Problem } from '@reelroom/shared/problem.ts';
import type { FfmpegJob } from './ffmpeg-args.ts';

const run = promisify(execFile);
/** Linux takes 128 KiB in one argument. */
const longestArgumentBytes = 100_000;
/** How many lines of ffmpeg's own words are kept for the log. */
const keptLines = 20;

/** The filter as options: a file once it is longer than the system lets one argument be, as for a film of hundreds of shots. */
async function filterOptions(ffmpegPath: string, filter: string, folder: string): Promise<string[]> {
	if (Buffer.byteLength(filter) < longestArgumentBytes) return ['-filter_complex', filter];
	const file = join(folder, 'filter.txt');
	await writeFile(file, filter);
	const { stdout } = await run(ffmpegPath, ['-hide_banner', '-version']);
	const major = Number(/version n?(\d+)\./.exec(stdout)?.[1] ?? Infinity);
	// Any option is read from a file since 7; before, this one had a name of its own.
	return [major >= 7 ? '-/filter_complex' : '-filter_complex_script', file];
}

/** What ffmpeg's last words mean: it tells of a full disk in words only. */
function failureOf(words: string, error: Error): Problem {
	const cause = new Error(words, { cause: error });
	return /No space left on device|Disk quota exceeded/.test(words)
		? new Problem('storage-full', undefined, { cause })
		: new Problem('render-failed', 'ffmpeg could not make the film', { cause });
}

/**
 * Runs one ffmpeg job and tells each progress as frames written. Rejects with the signal's reason when aborted (ffmpeg is killed)
 * and with `render-failed` or `storage-full` when ffmpeg fails; its own last words are the cause, for the log only.
 */
export async function runFfmpeg(
	ffmpegPath: string,
	job: FfmpegJob,
	context: { folder: string; signal: AbortSignal; onFrames: (frames: number) => void },
): Promise<void> {
	const filter = await filterOptions(ffmpegPath, job.filter, context.folder);
	return new Promise((resolve, reject) => {
		context.signal.throwIfAborted();
		const command = FfmpegCommand({ logger: undefined });
		command.setFfmpegPath(ffmpegPath);
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
			.outputOptions([...filter, ...job.outputOptions])
			.output(job.output)
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
