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
			.complexFilter(job.filter)
			.outputOptions(job.outputOptions)
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
