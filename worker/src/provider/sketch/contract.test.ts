import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';
import { mediaOf } from '@reelroom/shared/provider/provider.ts';
import { createMakeClip } from '../../cut/make-clip.ts';
import { providerContract } from '../provider.contract.ts';
import { sampleRequest } from './request.testing.ts';
import { createSketchProvider } from './sketch.ts';

let workDir: string;
beforeAll(async () => void (workDir = await mkdtemp(join(tmpdir(), 'reelroom-sketch-'))));
afterAll(() => rm(workDir, { recursive: true, force: true }));

providerContract(
	'sketch',
	async (kind) => ({
		provider: createSketchProvider({
			makeClip: createMakeClip({ ffmpegPath: async () => (await findFfmpeg()).path, workDir }),
		}),
		request: sampleRequest({ kind, ...(mediaOf(kind) === 'image' ? {} : { durationFrames: 12, fps: 12 }) }),
	}),
	{ kinds: ['text-to-image', 'text-to-video', 'image-to-video', 'first-last-frame-to-video'] },
);
