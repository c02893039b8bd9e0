import { Problem } from '@reelroom/shared/problem.ts';
import { clipSecondsToAsk } from '@reelroom/shared/provider/clip-length.ts';
import type { CloudModel } from '@reelroom/shared/provider/cloud-models.ts';
import { shapeDistance, sizeToAsk, type Size } from '@reelroom/shared/provider/picture-sizes.ts';
import type { GenerationRequest, Reference } from '@reelroom/shared/provider/provider.ts';
import { promptOf } from '../prompt-words.ts';
import { asJpeg, asMaskPng } from './pictures.ts';
import type { VisualBody } from './visual.ts';

/** The pictures of a request by what they are for. */
export type ReferenceFiles = (role: Reference['role']) => Promise<Uint8Array[]>;

const bounds = { maxSidePx: 4096, maxBytes: 4_700_000 };
const mostChars = 800;
const shapes: readonly (readonly [string, Size])[] = [
	['16:9', [16, 9]],
	['4:3', [4, 3]],
	['1:1', [1, 1]],
	['3:4', [3, 4]],
	['9:16', [9, 16]],
	['21:9', [21, 9]],
];
/** The name of the shape that is nearest to a size. */
export const nearestShape = (size: Size): string =>
	shapes.reduce((best, shape) => (shapeDistance(shape[1], size) < shapeDistance(best[1], size) ? shape : best))[0];

const needed = async (files: ReferenceFiles, role: Reference['role'], what: string): Promise<Uint8Array> => {
	const [first] = await files(role);
	if (first === undefined) throw new Problem('provider-refused', `It needs ${what}`);
	return first;
};

/** What the visual API is asked for a request: the words, sizes and pictures as the key's model names them. */
export async function visualBody(
	key: string,
	request: GenerationRequest,
	model: CloudModel,
	files: ReferenceFiles,
): Promise<VisualBody> {
	const { kind, seed, strength, widthPx, heightPx } = request;
	const prompt = promptOf(request, mostChars);
	const [width, height] = sizeToAsk(model.sizes, [widthPx, heightPx]);
	const seeded = model.takesSeed ? { seed: seed % 2_147_483_647 } : {};
	const base64 = async (bytes: Uint8Array) => (await asJpeg(bytes, bounds)).toString('base64');
	const first = (what = 'a picture to begin with') => needed(files, 'reference', what);
	switch (kind) {
		case 'text-to-image':
			return {
				req_key: key,
				prompt,
				width,
				height,
				...seeded,
				// Words are sent as they are; several pictures would be paid for and thrown away.
				...(key === 'jimeng_t2i_v31' ? { use_pre_llm: false } : {}),
				...(key === 'jimeng_t2i_v40' ? { force_single: true } : {}),
			};
		case 'image-to-image':
			return {
				req_key: key,
				prompt,
				width,
				height,
				...seeded,
				binary_data_base64: [await base64(await first())],
				...(strength === undefined ? {} : { scale: strength }),
			};
		case 'inpaint': {
			const picture = await asJpeg(await first(), bounds);
			const mask = await asMaskPng(await needed(files, 'mask', 'a mask'), picture);
			return {
				req_key: key,
				custom_prompt: prompt,
				...seeded,
				binary_data_base64: [picture.toString('base64'), mask.toString('base64')],
				scale: Math.min(20, Math.max(1, request.guidance ?? 5)),
				steps: Math.min(50, request.steps ?? 25),
			};
		}
		case 'upscale':
			return { req_key: key, binary_data_base64: [await base64(await first())], resolution: '4k', scale: 50 };
		case 'text-to-video':
		case 'image-to-video':
		case 'first-last-frame-to-video': {
			const frames = 24 * clipSecondsToAsk(model.clip, request) + 1;
			const pictures =
				kind === 'text-to-video'
					? []
					: [
							await base64(await first('a first frame')),
							...(kind === 'image-to-video' ? [] : [await base64(await needed(files, 'last', 'a last frame'))]),
						];
			return {
				req_key: key,
				prompt,
				...seeded,
				frames,
				...(pictures.length === 0
					? { aspect_ratio: nearestShape([widthPx, heightPx]) }
					: { binary_data_base64: pictures }),
			};
		}
	}
}
