import { Problem } from '@reelroom/shared/problem.ts';
import { clipSecondsToAsk } from '@reelroom/shared/provider/clip-length.ts';
import type { CloudModel } from '@reelroom/shared/provider/cloud-models.ts';
import { sizeToAsk } from '@reelroom/shared/provider/picture-sizes.ts';
import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { promptOf } from '../prompt-words.ts';
import { asJpeg } from './pictures.ts';
import { nearestShape, type ReferenceFiles } from './visual-body.ts';

const bounds = { maxSidePx: 4096, maxBytes: 9_500_000 };
const dataUrl = async (bytes: Uint8Array): Promise<string> =>
	`data:image/jpeg;base64,${(await asJpeg(bytes, bounds)).toString('base64')}`;
const isGuided = /seedream-3|seededit-3/;

/** What Ark is asked for a picture. */
export async function arkPictureBody(
	name: string,
	request: GenerationRequest,
	model: CloudModel,
	files: ReferenceFiles,
): Promise<Record<string, unknown>> {
	const { kind, seed, guidance, widthPx, heightPx } = request;
	const [width, height] = sizeToAsk(model.sizes, [widthPx, heightPx]);
	const pictures = kind === 'text-to-image' ? [] : (await files('reference')).slice(0, model.references);
	if (kind !== 'text-to-image' && pictures.length === 0)
		throw new Problem('provider-refused', 'It needs a picture to begin with');
	const images = await Promise.all(pictures.map(dataUrl));
	return {
		model: name,
		prompt: promptOf(request, 4_000),
		// Of a picture that is edited the shape stays.
		size: /seededit/.test(name) ? 'adaptive' : `${width}x${height}`,
		response_format: 'b64_json',
		watermark: false,
		...(images.length === 0 ? {} : { image: images.length === 1 ? images[0] : images }),
		...(model.takesSeed ? { seed: seed % 2_147_483_647 } : {}),
		...(guidance === undefined || !isGuided.test(name) ? {} : { guidance_scale: Math.min(10, Math.max(1, guidance)) }),
		...(/seedream-[4-9]/.test(name) ? { sequential_image_generation: 'disabled' } : {}),
	};
}

/** What Ark is asked for a clip. Its first generation of models takes the measures as commands behind the words, the later ones as fields. */
export async function arkClipBody(
	name: string,
	request: GenerationRequest,
	model: CloudModel,
	files: ReferenceFiles,
): Promise<Record<string, unknown>> {
	const { kind, seed, widthPx, heightPx } = request;
	const shortSide = Math.min(widthPx, heightPx);
	const measures = {
		resolution: shortSide <= 480 ? '480p' : shortSide <= 720 ? '720p' : '1080p',
		ratio: kind === 'text-to-video' ? nearestShape([widthPx, heightPx]) : 'adaptive',
		duration: clipSecondsToAsk(model.clip, request),
		seed: seed % 4_294_967_296,
		watermark: false,
	};
	const byCommands = /seedance-1-0/.test(name);
	const commands = Object.entries(measures).map(([measure, value]) => `--${measure} ${String(value)}`);
	const prompt = promptOf(request, 2_000);
	const frame = async (role: 'reference' | 'last', as: string) => {
		const [picture] = await files(role);
		if (picture === undefined) throw new Problem('provider-refused', `It needs a ${as.replace('_', ' ')}`);
		return { type: 'image_url', image_url: { url: await dataUrl(picture) }, role: as };
	};
	return {
		model: name,
		content: [
			{ type: 'text', text: byCommands ? [prompt, ...commands].join(' ') : prompt },
			...(kind === 'text-to-video' ? [] : [await frame('reference', 'first_frame')]),
			...(kind === 'first-last-frame-to-video' ? [await frame('last', 'last_frame')] : []),
		],
		// Films have sound of their own.
		...(byCommands ? {} : { ...measures, generate_audio: false }),
	};
}
