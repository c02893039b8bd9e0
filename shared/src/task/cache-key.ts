import type { GenerationRequest } from '../provider/provider.ts';

/** JSON with sorted keys, so that equal values give equal text. */
export function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
	if (value !== null && typeof value === 'object') {
		const entries = Object.entries(value).filter(([, item]) => item !== undefined);
		return `{${entries
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
			.join(',')}}`;
	}
	return JSON.stringify(value) ?? 'null';
}

/** The part of a request that decides what is made; the sketch draws from the shot, every other provider from the words that are sent. */
function decisiveOf(provider: string, request: GenerationRequest): Record<string, unknown> {
	const { shot, label, looks, style, prompt, negativePrompt, ...rest } = request;
	if (provider !== 'sketch')
		return prompt === undefined ? request : { ...rest, prompt, negativePrompt: negativePrompt ?? '' };
	const { durationFrames: shotFrames, transition: _transition, move, ...seen } = shot;
	const { durationFrames = shotFrames, fps, ...made } = rest;
	const timed = { durationFrames, fps };
	if (request.kind === 'text-to-image') return { ...made, shot: { ...seen, move }, label, looks, style };
	if (request.kind === 'text-to-video') return { ...made, ...timed, shot: { ...seen, move }, label, looks, style };
	return { ...made, ...timed, move };
}

/** The text whose digest is a take's fingerprint: the same provider, workflow and decisive part of a request give the same text. `ready` stands for what a workflow of the product holds. */
export const recipeText = (provider: string, request: GenerationRequest, ready?: string): string =>
	canonical({
		provider,
		request: decisiveOf(provider, request),
		...(ready === undefined ? {} : { ready }),
	});
