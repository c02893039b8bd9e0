import { createCanvas } from '@napi-rs/canvas';
import type { Canvas } from '@napi-rs/canvas';
import { sketchStages } from '@reelroom/shared/provider/provider.ts';
import type { Provider } from '../provider.ts';
import { drawSketch } from './draw.ts';

const previewWidthPx = 320;

function encodePreview(canvas: Canvas): Promise<Uint8Array> {
	const height = Math.max(1, Math.round((previewWidthPx * canvas.height) / canvas.width));
	const small = createCanvas(previewWidthPx, Math.min(640, height));
	small.getContext('2d').drawImage(canvas, 0, 0, small.width, small.height);
	return small.encode('webp', 60);
}

/** The built-in provider: draws a storyboard frame from a shot's own words, equal bytes for equal requests. */
export function createSketchProvider(): Provider {
	return {
		name: 'sketch',
		kinds: ['text-to-image'],
		async make(request, { signal, onProgress }) {
			signal.throwIfAborted();
			const steps = drawSketch(request);
			let value = 0;
			for (;;) {
				const step = steps.next();
				signal.throwIfAborted();
				if (step.done) {
					const bytes = await step.value.encode('webp', 85);
					signal.throwIfAborted();
					return { bytes, mediaType: 'image/webp', widthPx: request.widthPx, heightPx: request.heightPx };
				}
				value++;
				await onProgress({
					stage: step.value.stage,
					value,
					max: sketchStages.length,
					preview: await encodePreview(step.value.canvas),
				});
				signal.throwIfAborted();
			}
		},
	};
}
