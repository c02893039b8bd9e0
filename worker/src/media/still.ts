import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runFfmpeg } from '../cut/ffmpeg.ts';

/** The first frame of a clip as PNG, read from a file of the kind that it is said to be. */
export async function stillOf(
	clip: { path: string; mediaType: 'video/mp4' | 'video/webm' },
	{ ffmpegPath, workDir, signal }: { ffmpegPath: string; workDir: string; signal: AbortSignal },
): Promise<Uint8Array> {
	const output = join(workDir, 'still.png');
	const demuxer = clip.mediaType === 'video/webm' ? 'matroska' : 'mov';
	await runFfmpeg(
		ffmpegPath,
		{
			inputs: [{ source: clip.path, options: ['-protocol_whitelist', 'file,pipe', '-f', demuxer] }],
			filter: '[0:v:0]select=eq(n\\,0)[still]',
			outputOptions: ['-map', '[still]', '-frames:v', '1', '-update', '1', '-f', 'image2'],
			output,
		},
		{ signal, onFrames: () => {} },
	);
	return readFile(output);
}
