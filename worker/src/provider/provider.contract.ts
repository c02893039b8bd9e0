import { describe, expect, test } from 'vitest';
import sharp from 'sharp';
import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { noFiles, type Provider, type ProviderProgress } from './provider.ts';

/** What not every provider can: to show the picture as it forms, and to make the same of the same seed. */
type Able = { previews?: boolean; seeds?: boolean };

/** What every provider promises; called by each one's test with a way to open it and a request it can do. */
export function providerContract(
	name: string,
	open: () => Promise<{ provider: Provider; request: GenerationRequest }>,
	{ previews: hasPreviews = true, seeds: takesSeeds = true }: Able = {},
): void {
	describe(`the provider ${name}`, () => {
		test('makes a picture that is what it says: readable, of its kind and size', async () => {
			const { provider, request } = await open();
			const picture = await provider.make(request, {
				signal: new AbortController().signal,
				onProgress: async () => {},
				readFile: noFiles,
			});
			const { format, width, height } = await sharp(picture.bytes).metadata();
			expect([`image/${format}`, width, height]).toEqual([picture.mediaType, picture.widthPx, picture.heightPx]);
		});
		test('tells progress that never goes beyond its end, with previews of at most 640 px', async () => {
			const { provider, request } = await open();
			const told: ProviderProgress[] = [];
			await provider.make(request, {
				signal: new AbortController().signal,
				onProgress: async (progress) => void told.push(progress),
				readFile: noFiles,
			});
			expect(told.length).toBeGreaterThan(0);
			for (const { value, max } of told) expect(value).toBeLessThanOrEqual(max);
			const previews = told.flatMap(({ preview }) => (preview === undefined ? [] : [preview]));
			expect(previews.length > 0).toBe(hasPreviews);
			for (const preview of previews) {
				const { format, width = 0, height = 0 } = await sharp(preview).metadata();
				expect(format).toBe('webp');
				expect(Math.max(width, height)).toBeLessThanOrEqual(640);
			}
		});
		test.runIf(takesSeeds)('equal requests give equal bytes, another seed gives others', async () => {
			const { provider, request } = await open();
			const context = { signal: new AbortController().signal, onProgress: async () => {}, readFile: noFiles };
			const first = await provider.make(request, context);
			expect(Buffer.from((await provider.make(request, context)).bytes).equals(first.bytes)).toBe(true);
			const other = await provider.make({ ...request, seed: request.seed + 1 }, context);
			expect(Buffer.from(other.bytes).equals(first.bytes)).toBe(false);
		});
		test('rejects with the reason of the signal when it is stopped, before it begins and in the middle', async () => {
			const { provider, request } = await open();
			const reason = new Error('stopped');
			const onProgress = async () => {};
			await expect(
				provider.make(request, { signal: AbortSignal.abort(reason), onProgress, readFile: noFiles }),
			).rejects.toBe(reason);
			const stop = new AbortController();
			const middle = provider.make(request, {
				signal: stop.signal,
				onProgress: async () => stop.abort(reason),
				readFile: noFiles,
			});
			await expect(middle).rejects.toBe(reason);
		});
		test('a refused telling of progress ends it with that refusal', async () => {
			const { provider, request } = await open();
			const refusal = new Error('the claim is lost');
			const run = provider.make(request, {
				signal: new AbortController().signal,
				onProgress: () => Promise.reject(refusal),
				readFile: noFiles,
			});
			await expect(run).rejects.toBe(refusal);
		});
	});
}
