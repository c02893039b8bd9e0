import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { sketchStages } from '@reelroom/shared/provider/provider.ts';
import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { styleNames } from '@reelroom/shared/style/style.ts';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { noFiles, type ProviderProgress } from '../provider.ts';
import { sampleRequest } from './request.testing.ts';
import { createSketchProvider } from './sketch.ts';

const provider = createSketchProvider();
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function make(request: GenerationRequest) {
	const progress: ProviderProgress[] = [];
	const onProgress = async (step: ProviderProgress) => void progress.push(step);
	const picture = await provider.make(request, { signal: new AbortController().signal, onProgress, readFile: noFiles });
	return { picture, progress, digest: digest(picture.bytes) };
}

describe('sketch provider', () => {
	it('gives equal bytes for equal requests', async () => {
		expect((await make(sampleRequest())).digest).toBe((await make(sampleRequest())).digest);
	});

	it('composes another frame for another seed', async () => {
		const seeds = await Promise.all([1, 2, 3].map((seed) => make(sampleRequest({ seed }))));
		expect(new Set(seeds.map((made) => made.digest)).size).toBe(3);
	});

	it('draws every style unlike the others', async () => {
		const made = await Promise.all(styleNames.map((style) => make(sampleRequest({ style }))));
		expect(new Set(made.map(({ digest }) => digest)).size).toBe(styleNames.length);
	});

	it('reports the five stages in order, each with a picture', async () => {
		const { progress } = await make(sampleRequest({ style: 'watercolour' }));
		expect(progress.map(({ stage, value, max }) => [stage, value, max])).toEqual(
			sketchStages.map((stage, i) => [stage, i + 1, 5]),
		);
		for (const { preview } of progress)
			expect(await sharp(preview).metadata()).toMatchObject({ format: 'webp', width: 320, height: 180 });
	});

	it.each([
		[640, 360],
		[360, 640],
		[400, 400],
		[478, 200],
		[64, 64],
	])('honours %i × %i', async (widthPx, heightPx) => {
		const { picture } = await make(sampleRequest({ widthPx, heightPx }));
		expect(await sharp(picture.bytes).metadata()).toMatchObject({ format: 'webp', width: widthPx, height: heightPx });
		expect(picture).toMatchObject({ widthPx, heightPx, mediaType: 'image/webp' });
	});

	it('draws a plain card for a shot without words', async () => {
		const shot = { characters: [], place: '', action: '' };
		const [card, other] = [
			await make(sampleRequest({ looks: [], shot })),
			await make(sampleRequest({ looks: [], shot, label: '9Z' })),
		];
		expect(card.progress).toHaveLength(5);
		expect(card.digest).not.toBe(other.digest);
	});

	it('leaves the camera move out, for the film makes it', async () => {
		const [clean, relabelled] = [
			await make(sampleRequest({ shot: { move: 'pan' } })),
			await make(sampleRequest({ shot: { move: 'tilt' } })),
		];
		expect(clean.digest).toBe(relabelled.digest);
	});

	it('stops between stages when it is aborted', async () => {
		const controller = new AbortController();
		const stages: string[] = [];
		const onProgress = async ({ stage }: ProviderProgress) => {
			stages.push(stage);
			if (stage === 'background') controller.abort(new Error('cancelled by hand'));
		};
		await expect(
			provider.make(sampleRequest(), { signal: controller.signal, onProgress, readFile: noFiles }),
		).rejects.toThrow('cancelled by hand');
		expect(stages).toEqual(['layout', 'background']);
	});

	it('finds the shipped font', () => {
		expect(
			createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf'),
		).toContain('NotoSansSC');
	});
});
