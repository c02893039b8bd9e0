/** Mean CPU milliseconds per 1280 × 720 frame of the sketch provider, per style, as JSON. */
import { styleNames } from '@reelroom/shared/style/style.ts';
import { sampleRequest } from '@reelroom/worker/provider/sketch/request.testing.ts';
import { createSketchProvider } from '@reelroom/worker/provider/sketch/sketch.ts';

const provider = createSketchProvider();
const frames = 8;
const context = { signal: new AbortController().signal, onProgress: async () => undefined };
const cpuMsPerFrame: Record<string, number> = {};
for (const style of styleNames) {
	await provider.makePicture(sampleRequest({ style, widthPx: 1280, heightPx: 720 }), context);
	const start = process.cpuUsage();
	for (let seed = 0; seed < frames; seed++)
		await provider.makePicture(sampleRequest({ style, seed, widthPx: 1280, heightPx: 720 }), context);
	const { user, system } = process.cpuUsage(start);
	cpuMsPerFrame[style] = Math.round((user + system) / 1000 / frames);
}
console.log(
	JSON.stringify({ bench: 'sketch', frames, cpuMsPerFrame, rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20) }),
);
