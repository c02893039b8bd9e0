import { createCanvas } from '@napi-rs/canvas';
import type { Canvas } from '@napi-rs/canvas';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { mediaOf, sketchStages, type GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { findReference, type MakeClip, type Provider, type ProviderContext, type ProviderMedia } from '../provider.ts';
import { animate, cameraOf, clipSize, throughCameras } from './animate.ts';
import { drawSketch } from './draw.ts';

const previewWidthPx = 320;

function encodePreview(canvas: Canvas): Promise<Uint8Array> {
	const height = Math.max(1, Math.round((previewWidthPx * canvas.height) / canvas.width));
	const small = createCanvas(previewWidthPx, Math.min(limits.previewSidePx, height));
	small.getContext('2d').drawImage(canvas, 0, 0, small.width, small.height);
	return small.encode('webp', 60);
}

/** Draws the frame and tells each stage, of `max` steps in all. */
async function draw(
	request: GenerationRequest,
	max: number,
	{ signal, onProgress }: Pick<ProviderContext, 'signal' | 'onProgress'>,
): Promise<Canvas> {
	const steps = drawSketch(request);
	for (let value = 1; ; value++) {
		const step = steps.next();
		signal.throwIfAborted();
		if (step.done) return step.value;
		await onProgress({ stage: step.value.stage, value, max, preview: await encodePreview(step.value.canvas) });
		signal.throwIfAborted();
	}
}

async function picture(request: GenerationRequest, context: ProviderContext): Promise<ProviderMedia> {
	const canvas = await draw(request, sketchStages.length, context);
	const bytes = await canvas.encode('webp', 85);
	context.signal.throwIfAborted();
	return { bytes, mediaType: 'image/webp', widthPx: request.widthPx, heightPx: request.heightPx };
}

/**
 * The built-in provider: draws a storyboard frame from a shot's own words, and with a `makeClip` moves the camera over a frame or from one frame to
 * another; equal bytes for equal requests.
 */
export function createSketchProvider({ makeClip }: { makeClip?: MakeClip } = {}): Provider {
	const clip = async (request: GenerationRequest, context: ProviderContext): Promise<ProviderMedia> => {
		if (makeClip === undefined) throw new Problem('no-provider', 'Clips are not made here');
		const { readFile } = context;
		if (request.kind === 'text-to-video') {
			const sized = { ...request, ...clipSize(request) };
			const canvas = await draw(sized, sketchStages.length * 4, context);
			const stills = [{ bytes: await canvas.encode('png'), camera: cameraOf(request.shot.move) }];
			return animate(sized, stills, sketchStages.length, { ...context, makeClip });
		}
		const first = await readFile(findReference(request, 'reference').sha256);
		const stills =
			request.kind === 'image-to-video'
				? [{ bytes: first, camera: cameraOf(request.shot.move) }]
				: throughCameras(first, await readFile(findReference(request, 'last').sha256));
		return animate(request, stills, 0, { ...context, makeClip });
	};
	return {
		name: 'sketch',
		kinds:
			makeClip === undefined
				? ['text-to-image']
				: ['text-to-image', 'text-to-video', 'image-to-video', 'first-last-frame-to-video'],
		async make(request, context) {
			context.signal.throwIfAborted();
			return mediaOf(request.kind) === 'image' ? picture(request, context) : clip(request, context);
		},
	};
}
