import type { ClipLengths } from './cloud-models.ts';
import type { GenerationRequest } from './provider.ts';

/** A clip is as long as this where nobody says how long. */
const usualSeconds = 5;

/** The seconds to ask a model for: the shortest clip that is as long as the wish, else its longest. */
export function clipSecondsToAsk(
	lengths: ClipLengths | undefined,
	{ durationFrames, fps = 24 }: Pick<GenerationRequest, 'durationFrames' | 'fps'>,
): number {
	const wish = durationFrames === undefined ? usualSeconds : durationFrames / fps;
	if (lengths === undefined) return Math.ceil(wish);
	if ('secondsOf' in lengths) {
		const able = [...lengths.secondsOf].sort((a, b) => a - b);
		return able.find((seconds) => seconds >= wish - 0.05) ?? able.at(-1) ?? usualSeconds;
	}
	return Math.min(lengths.toSeconds, Math.max(lengths.fromSeconds, Math.ceil(wish - 0.05)));
}
