import { pictureWords } from '@reelroom/shared/provider/picture-words.ts';
import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';

/**
 * The words of a request for a model that takes one text only: what is not wanted follows what is. A text that is too long for the model ends at its last
 * whole part.
 */
export function promptOf(request: GenerationRequest, mostChars: number): string {
	const { prompt, negative } = pictureWords(request);
	const wanted = request.prompt ?? prompt;
	const whole = negative === '' ? wanted : `${wanted}. Avoid: ${negative}`;
	if (whole.length <= mostChars) return whole;
	const cut = whole.slice(0, mostChars).replace(/[\ud800-\udbff]$/, '');
	const end = Math.max(...[',', '，', '.', '。', ' ', '、'].map((mark) => cut.lastIndexOf(mark)));
	return end > mostChars / 2 ? cut.slice(0, end) : cut;
}
