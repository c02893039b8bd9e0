import type { ShotContent } from '../board/shot.ts';
import type { StyleName } from '../style/style.ts';
import type { GenerationRequest } from './provider.ts';

const sizes: Readonly<Record<string, string>> = {
	ECU: 'extreme close-up',
	CU: 'close-up',
	MCU: 'medium close-up',
	MS: 'medium shot',
	MLS: 'medium long shot',
	FS: 'full shot',
	WS: 'wide shot',
	EWS: 'extreme wide shot',
};
const angles: Readonly<Record<string, string>> = {
	low: 'low angle',
	high: 'high angle',
	overhead: 'overhead view',
	dutch: 'dutch angle',
	POV: 'point of view shot',
	OTS: 'over the shoulder shot',
};
const styleWords = (style: StyleName): string => `${style.replaceAll('-', ' ')} style`;
const joined = (parts: readonly (string | undefined)[]): string =>
	parts
		.map((part) => part?.trim().replace(/[,，。.;；]+$/, '') ?? '')
		.filter((part) => part !== '')
		.join(', ');

/** The words of a shot as a picture model takes them: framing, what happens, who is there and how they look, place and light, style. */
export function pictureWords({ shot, looks, style, negativePrompt = '' }: GenerationRequest): {
	prompt: string;
	negative: string;
} {
	const { size, angle, prompt, action, place, timeOfDay, interior, characters }: ShotContent = shot;
	const described = looks.map(({ name, description }) => (description === '' ? name : `${name} (${description})`));
	const named = characters.filter((name) => looks.every((look) => look.name !== name));
	const where = place === '' ? [] : [interior ? `interior of ${place}` : place];
	return {
		prompt: joined([
			sizes[size],
			angles[angle],
			prompt === '' ? action : prompt,
			...described,
			...named,
			...where,
			timeOfDay === 'unknown' ? '' : timeOfDay,
			styleWords(style),
		]),
		negative: negativePrompt,
	};
}
