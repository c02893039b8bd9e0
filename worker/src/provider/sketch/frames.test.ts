import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import words from '@reelroom/shared/defaults/sketch/words.json' with { type: 'json' };
import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { breakDown, charactersOf } from '@reelroom/shared/script/break-down.ts';
import { noFiles } from '../provider.ts';
import { sampleRequest } from './request.testing.ts';
import { createSketchProvider } from './sketch.ts';

const provider = createSketchProvider();
const small = { widthPx: 320, heightPx: 180, style: 'anime' } as const;

/** Draws a frame; answers its digest and how much its brightness varies, 0 for a flat one. */
async function draw(request: GenerationRequest) {
	const { bytes } = await provider.make(request, {
		signal: new AbortController().signal,
		onProgress: async () => {},
		readFile: noFiles,
	});
	const { channels } = await sharp(bytes).stats();
	return {
		digest: createHash('sha256').update(bytes).digest('hex'),
		contrast: Math.max(...channels.slice(0, 3).map(({ stdev }) => stdev)),
	};
}

describe('the frames of a board', () => {
	it.each(['the-little-match-girl', 'yugong-yishan'])(
		'every shot of %s is a picture of its own, none of them flat',
		async (name) => {
			const text = readFileSync(
				new URL(import.meta.resolve(`@reelroom/shared/defaults/samples/${name}.fountain`)),
				'utf8',
			);
			const looks = charactersOf(text);
			const digests = new Set<string>();
			const shots = breakDown(text, { fps: 24 }).flatMap((scene) => scene.shots);
			for (const [index, { content }] of shots.entries()) {
				const frame = await draw({
					kind: 'text-to-image',
					label: `${index}A`,
					shot: content,
					looks,
					seed: 7,
					...small,
				});
				expect(frame.contrast, `${index}: ${content.action}`).toBeGreaterThan(6);
				digests.add(frame.digest);
			}
			expect(digests.size).toBe(shots.length);
		},
		120_000,
	);

	it('every place it knows looks different, by its English and its Chinese word alike not flat', async () => {
		const digests = new Set<string>();
		for (const place of words.places) {
			const shot = { size: 'WS', characters: [], action: '', interior: 'inside' in place, timeOfDay: 'day' } as const;
			const english = await draw(
				sampleRequest({
					...small,
					looks: [],
					shot: { ...shot, characters: [], place: (place.en[0] ?? '').toUpperCase() },
				}),
			);
			const chinese = await draw(
				sampleRequest({ ...small, looks: [], shot: { ...shot, characters: [], place: place.zh[0] ?? '' } }),
			);
			expect(english.contrast, place.kind).toBeGreaterThan(4);
			expect(chinese.contrast, place.kind).toBeGreaterThan(4);
			digests.add(english.digest);
		}
		expect(digests.size).toBe(words.places.length);
	}, 120_000);
});
