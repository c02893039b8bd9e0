import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';
import type { ProviderMedia } from './provider.ts';

const run = promisify(execFile);
export type SeenClip = { codec: string; widthPx: number; heightPx: number; fps: number; frames: Buffer[] };

/** What ffmpeg sees in a clip, with the grey values of all its frames; `smaller` brings them to another size. */
export async function lookInto(
	{ bytes, mediaType }: Pick<ProviderMedia, 'bytes' | 'mediaType'>,
	smaller?: { widthPx: number; heightPx: number },
): Promise<SeenClip> {
	const folder = await mkdtemp(join(tmpdir(), 'reelroom-clip-'));
	try {
		const file = join(folder, 'clip');
		await writeFile(file, bytes);
		const demuxer = mediaType === 'video/webm' ? 'matroska' : 'mov';
		const read = ['-nostdin', '-f', demuxer, '-i', file];
		const { path } = await findFfmpeg();
		const scaled = smaller === undefined ? [] : ['-vf', `scale=${smaller.widthPx}:${smaller.heightPx}`];
		const seen = await run(
			path,
			[...read, ...scaled, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'gray', '-'],
			{
				encoding: 'buffer',
				maxBuffer: 1 << 29,
			},
		);
		const words = seen.stderr.toString();
		const [, codec = '', width = '', height = ''] = /Video: (\w+).*? (\d{2,5})x(\d{2,5})/.exec(words) ?? [];
		const size = smaller === undefined ? Number(width) * Number(height) : smaller.widthPx * smaller.heightPx;
		return {
			codec,
			widthPx: Number(width),
			heightPx: Number(height),
			fps: Number(/, ([\d.]+) fps/.exec(words)?.[1]),
			frames: Array.from({ length: seen.stdout.length / size }, (_, at) =>
				seen.stdout.subarray(at * size, (at + 1) * size),
			),
		};
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
