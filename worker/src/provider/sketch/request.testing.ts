import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';

type Changes = Partial<Omit<GenerationRequest, 'shot'>> & { shot?: Partial<GenerationRequest['shot']> };

/** A small, complete request for tests and measurements. */
export function sampleRequest({ shot, ...changes }: Changes = {}): GenerationRequest {
	return {
		kind: 'text-to-image',
		label: '1A',
		looks: [{ name: 'GIRL', description: 'girl of eight, barefoot, apron' }],
		style: 'anime',
		seed: 7,
		widthPx: 320,
		heightPx: 180,
		...changes,
		shot: {
			size: 'MS',
			angle: 'eye',
			move: 'push in',
			characters: ['GIRL'],
			place: 'MARKET STREET',
			interior: false,
			timeOfDay: 'night',
			action: 'A GIRL walks through the snow.',
			dialogue: [],
			prompt: '',
			durationFrames: 48,
			transition: 'cut',
			...shot,
		},
	};
}
