import { readyStyle } from '../../defaults/styles/ready-styles.ts';
import { foldRecipe } from '../bible/recipe.ts';
import type { GenerationRequest } from './provider.ts';

/** The words of a request as a picture model takes them: those that were folded when it was asked for; of a request without any, made of its shot. */
export function pictureWords({ kind, shot, looks, style, prompt, negativePrompt = '' }: GenerationRequest): {
	prompt: string;
	negative: string;
} {
	if (prompt !== undefined) return { prompt, negative: negativePrompt };
	const folded = foldRecipe({
		shot: { ...shot, seed: null },
		bible: [],
		looks,
		style: readyStyle(style),
		project: { aspectRatio: '16:9' },
		wish: { kind },
	});
	return { prompt: folded.prompt, negative: negativePrompt };
}
