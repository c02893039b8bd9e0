import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

type Job = {
	inputs: { source: string; options: string[] }[];
	filter: string;
	outputOptions: string[];
	output: string;
};
export type StillDeps = {
	ffmpegPath: () => Promise<string>;
	run: (
		ffmpegPath: string,
		job: Job,
		context: { signal: AbortSignal; onFrames: (frames: number) => void },
	) => Promise<void>;
};
export type StillOf = (
	clip: { path: string; mediaType: 'video/mp4' | 'video/webm' },
	context: { workDir: string; signal: AbortSignal },
) => Promise<Uint8Array>;

/** Makes the function that reads the first frame of a clip, as PNG; the file is read as the kind that it is said to be and no other. */
export function createStillOf({ ffmpegPath, run }: StillDeps): StillOf {
	return async ({ path, mediaType }, { workDir, signal }) => {
		const output = join(workDir, 'still.png');
		const demuxer = mediaType === 'video/webm' ? 'matroska' : 'mov';
		const job = {
			inputs: [{ source: path, options: ['-protocol_whitelist', 'file,pipe', '-f', demuxer] }],
			filter: '[0:v:0]select=eq(n\\,0)[still]',
			outputOptions: ['-map', '[still]', '-frames:v', '1', '-update', '1', '-f', 'image2'],
			output,
		};
		await run(await ffmpegPath(), job, { signal, onFrames: () => {} });
		return readFile(output);
	};
}
