import { readFile } from 'node:fs/promises';
import { breakDown, charactersOf } from '@reelroom/shared/script/break-down.ts';
import { styleNames } from '@reelroom/shared/style/style.ts';
import { noFiles } from '@reelroom/worker/provider/provider.ts';
import { createSketchProvider } from '@reelroom/worker/provider/sketch/sketch.ts';
import { percentile } from './measure.ts';

const sample = new URL('../shared/defaults/samples/the-little-match-girl.fountain', import.meta.url);

export const workload =
	'All 30 shots of the English sample, 1280 × 720, in each style, one after the other: mean processor time (user + system, every thread) of a frame with its previews and its encoding; the slowest frame of all styles last.';

/** Processor time of a frame of the sketch provider, by style. */
export default async function bench(tell: (line: string) => void): Promise<Record<string, number>> {
	const text = await readFile(sample, 'utf8');
	const looks = charactersOf(text);
	const shots = breakDown(text, { fps: 24 }).flatMap((scene) => scene.shots.map(({ content }) => content));
	const provider = createSketchProvider();
	const context = { signal: new AbortController().signal, onProgress: async () => undefined, readFile: noFiles };
	const figures: Record<string, number> = {};
	let slowest = 0;
	for (const style of styleNames) {
		const frames: number[] = [];
		// The first frame is drawn twice: fonts and code are warm when it counts.
		for (const [index, shot] of [...shots.slice(0, 1), ...shots].entries()) {
			const start = process.cpuUsage();
			await provider.make(
				{ kind: 'text-to-image', label: `${index}A`, shot, looks, style, seed: index, widthPx: 1280, heightPx: 720 },
				context,
			);
			const { user, system } = process.cpuUsage(start);
			if (index > 0) frames.push((user + system) / 1000);
		}
		figures[`sketch.${style}.cpu`] = frames.reduce((sum, value) => sum + value, 0) / frames.length;
		slowest = Math.max(slowest, ...frames);
		tell(`${style}: p95 ${percentile(frames, 0.95).toFixed(0)}, slowest ${Math.max(...frames).toFixed(0)} ms`);
	}
	return { ...figures, 'sketch.slowest.cpu': slowest };
}
