import { styleNames } from '@reelroom/shared/style/style.ts';
import { sampleRequest } from '@reelroom/worker/provider/sketch/request.testing.ts';
import { createSketchProvider } from '@reelroom/worker/provider/sketch/sketch.ts';

const frames = 8;

/** Mean CPU milliseconds per 1280 × 720 frame of the sketch provider, by style, previews and encoding included. */
export default async function bench(): Promise<Record<string, number>> {
	const provider = createSketchProvider();
	const context = { signal: new AbortController().signal, onProgress: async () => undefined };
	const figures: Record<string, number> = {};
	for (const style of styleNames) {
		await provider.makePicture(sampleRequest({ style, widthPx: 1280, heightPx: 720 }), context);
		const start = process.cpuUsage();
		for (let seed = 0; seed < frames; seed++)
			await provider.makePicture(sampleRequest({ style, seed, widthPx: 1280, heightPx: 720 }), context);
		const { user, system } = process.cpuUsage(start);
		figures[`sketch.${style}.cpuMs`] = (user + system) / 1000 / frames;
	}
	return figures;
}
