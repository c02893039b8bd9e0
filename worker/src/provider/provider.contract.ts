import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import sharp from 'sharp';
import { Problem } from '@reelroom/shared/problem.ts';
import {
	mediaOf,
	neededReferences,
	type GenerationKind,
	type GenerationRequest,
	type Reference,
} from '@reelroom/shared/provider/provider.ts';
import { lookInto } from './clip.testing.ts';
import { noFiles, type Provider, type ProviderContext, type ProviderMedia, type ProviderProgress } from './provider.ts';

type Opened = { provider: Provider; request: GenerationRequest };
/** What is tried, and what not every provider can: to show the picture as it forms, and to make the same of the same seed. */
type Able = { kinds?: readonly GenerationKind[]; previews?: boolean; seeds?: boolean };

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const aPicture = async (background: string): Promise<Uint8Array> =>
	new Uint8Array(
		await sharp({ create: { width: 320, height: 180, channels: 3, background } })
			.png()
			.toBuffer(),
	);
/** References of a kind, with the function that reads them. */
export async function referencesFor(kind: GenerationKind) {
	const files = new Map<string, Uint8Array>();
	const references: Reference[] = [];
	for (const role of neededReferences[kind]) {
		const bytes = await aPicture(role === 'reference' ? '#b33' : '#36c');
		files.set(digest(bytes), bytes);
		references.push({ role, sha256: digest(bytes) });
	}
	const readFile: ProviderContext['readFile'] = (sha256) => Promise.resolve(files.get(sha256) ?? noFiles());
	return { references, readFile };
}
/** What is made is what it says that it is: readable, of its kind and size. */
async function expectAsSaid(made: ProviderMedia): Promise<void> {
	if (made.mediaType.startsWith('image/')) {
		const { format, width, height } = await sharp(made.bytes).metadata();
		expect([`image/${format}`, width, height]).toEqual([made.mediaType, made.widthPx, made.heightPx]);
		return;
	}
	const { codec, widthPx, heightPx, frames } = await lookInto(made);
	expect(made.mediaType === 'video/mp4' ? ['h264', 'av1'] : ['vp8', 'vp9', 'av1']).toContain(codec);
	expect([widthPx, heightPx]).toEqual([made.widthPx, made.heightPx]);
	expect(frames.length).toBeGreaterThan(1);
}

/** What every provider promises; called by each one's test with a way to open it with a request of a kind that it can do. */
export function providerContract(
	name: string,
	open: (kind: GenerationKind) => Promise<Opened>,
	{ kinds = ['text-to-image'], previews: hasPreviews = true, seeds: takesSeeds = true }: Able = {},
): void {
	describe.each(kinds)(`the provider ${name}, asked for %s`, (kind) => {
		const opened = async () => {
			const { provider, request } = await open(kind);
			const { references, readFile } = await referencesFor(kind);
			return {
				provider,
				request: references.length === 0 ? request : { ...request, references },
				context: { signal: new AbortController().signal, onProgress: async () => {}, readFile },
			};
		};
		test('makes what it says: readable, of its kind and size', async () => {
			const { provider, request, context } = await opened();
			expect(provider.kinds).toContain(kind);
			const made = await provider.make(request, context);
			expect(made.mediaType.split('/')[0]).toBe(mediaOf(kind));
			await expectAsSaid(made);
		});
		test('tells progress that never goes back or beyond its end, with previews of at most 640 px', async () => {
			const { provider, request, context } = await opened();
			const told: ProviderProgress[] = [];
			await provider.make(request, { ...context, onProgress: async (progress) => void told.push(progress) });
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
		if (takesSeeds)
			test('equal requests give equal bytes', async () => {
				const { provider, request, context } = await opened();
				const first = await provider.make(request, context);
				expect(digest((await provider.make(request, context)).bytes)).toBe(digest(first.bytes));
			});
		test('rejects with the reason of the signal when it is stopped, before it begins and in the middle', async () => {
			const { provider, request, context } = await opened();
			const reason = new Error('stopped');
			await expect(provider.make(request, { ...context, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
			const stop = new AbortController();
			const middle = provider.make(request, {
				...context,
				signal: stop.signal,
				onProgress: async () => stop.abort(reason),
			});
			await expect(middle).rejects.toBe(reason);
		});
		test('a refused telling of progress ends it with that refusal', async () => {
			const { provider, request, context } = await opened();
			const refusal = new Error('the claim is lost');
			const run = provider.make(request, { ...context, onProgress: () => Promise.reject(refusal) });
			await expect(run).rejects.toBe(refusal);
		});
		if (takesSeeds && kind === 'text-to-image')
			test('another seed gives another picture', async () => {
				const { provider, request, context } = await opened();
				const first = await provider.make(request, context);
				const other = await provider.make({ ...request, seed: request.seed + 1 }, context);
				expect(digest(other.bytes)).not.toBe(digest(first.bytes));
			});
		if (neededReferences[kind].length > 0)
			test('without its reference it refuses in words', async () => {
				const { provider, request, context } = await opened();
				const refused = provider.make({ ...request, references: [] }, context);
				await expect(refused).rejects.toBeInstanceOf(Problem);
				await expect(refused).rejects.toMatchObject({ code: 'reference-missing' });
			});
	});
}
