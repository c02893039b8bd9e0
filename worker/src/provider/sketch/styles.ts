import type { StyleName } from '@reelroom/shared/style/style.ts';
import type { Colour } from './colour.ts';

export type LineRecipe = {
	kind: 'pencil' | 'ink' | 'clean';
	width: number;
	/** Absent means a dark tint of each shape's own colour. */
	colour?: Colour;
	alpha: number;
	tint: number;
	jitter: number;
	passes: number;
	overshoot: number;
	backgroundK: number;
};

export type StyleRecipe = {
	fill: 'flat' | 'wash' | 'clay' | 'watercolour' | 'paper';
	finish: 'pencil' | 'ink' | 'anime' | 'clay' | 'noir' | 'watercolour' | 'papercut';
	/** Strength and offset of the hard shadow inside figures. */
	cel: number;
	celOffset: number;
	line: LineRecipe | null;
	paper: Colour;
	ambientK: number;
	lightK: number;
	/** Hard steps that light falls off in; 0 is a smooth fall. */
	steps: number;
	lift: number;
	saturation: number;
	seal: boolean;
	/** How far the background goes out of focus in tight shots. */
	blurK: number;
};

const line: LineRecipe = {
	kind: 'clean',
	width: 1.9,
	alpha: 1,
	tint: 0.3,
	jitter: 0,
	passes: 1,
	overshoot: 0,
	backgroundK: 1,
};
const plain: StyleRecipe = {
	fill: 'flat',
	finish: 'anime',
	cel: 0,
	celOffset: 0.2,
	line: null,
	paper: '#ffffff',
	ambientK: 1,
	lightK: 1,
	steps: 0,
	lift: 0,
	saturation: 1,
	seal: false,
	blurK: 1,
};

const pencil: StyleRecipe = {
	...plain,
	finish: 'pencil',
	cel: 0.3,
	paper: '#f4efe4',
	blurK: 0.4,
	line: { ...line, kind: 'pencil', width: 1.5, colour: '#33312f', alpha: 0.72, jitter: 1.5, passes: 2, overshoot: 9 },
};
const anime: StyleRecipe = { ...plain, finish: 'anime', cel: 0.3, celOffset: 0.17, steps: 4, saturation: 1.16, line };
const clay: StyleRecipe = { ...plain, fill: 'clay', finish: 'clay' };
const watercolour: StyleRecipe = {
	...plain,
	fill: 'watercolour',
	finish: 'watercolour',
	cel: 0.2,
	celOffset: 0.24,
	paper: '#faf6ec',
	lift: 0.24,
	line: { ...line, kind: 'pencil', width: 1.1, colour: '#4a4038', alpha: 0.5, jitter: 1.1 },
};

/** Every number that makes a style differ from the others; where the pen cannot, a style is its nearest neighbour with a hand of its own. */
export const styleRecipes: Record<StyleName, StyleRecipe> = {
	pencil,
	'ink-wash': {
		...plain,
		fill: 'wash',
		finish: 'ink',
		cel: 0.3,
		celOffset: 0.22,
		paper: '#efe7d6',
		seal: true,
		line: { ...line, kind: 'ink', width: 3.4, colour: '#16171b', alpha: 0.86, jitter: 0.5 },
	},
	anime,
	'3d': clay,
	noir: {
		...plain,
		finish: 'noir',
		cel: 0.62,
		celOffset: 0.3,
		ambientK: 0.62,
		lightK: 1.5,
		blurK: 0.4,
		line: { ...line, width: 2.2, colour: '#000000', backgroundK: 0.7 },
	},
	watercolour,
	papercut: { ...plain, fill: 'paper', finish: 'papercut', saturation: 1.12, blurK: 0.5 },
	charcoal: {
		...pencil,
		cel: 0.5,
		paper: '#ece8e0',
		ambientK: 0.8,
		line: { ...line, kind: 'pencil', width: 3.2, colour: '#161514', alpha: 0.8, jitter: 2.4, passes: 2, overshoot: 5 },
	},
	comic: {
		...anime,
		cel: 0.46,
		celOffset: 0.24,
		steps: 2,
		saturation: 1.4,
		blurK: 0.2,
		line: { ...line, width: 3.4, colour: '#0d0b10', backgroundK: 0.8 },
	},
	storybook: {
		...watercolour,
		cel: 0.1,
		lift: 0.34,
		saturation: 1.4,
		paper: '#fbf3df',
		line: { ...line, kind: 'pencil', width: 2.4, alpha: 0.35, jitter: 1.8 },
	},
	'oil-painting': {
		...watercolour,
		cel: 0.44,
		lift: 0.06,
		ambientK: 0.86,
		lightK: 1.3,
		saturation: 1.3,
		paper: '#c9b48a',
		line: { ...line, kind: 'pencil', width: 3.4, colour: '#3a2617', alpha: 0.22, jitter: 2 },
	},
	'ukiyo-e': {
		...plain,
		finish: 'watercolour',
		cel: 0,
		saturation: 0.9,
		paper: '#efe3c8',
		blurK: 0,
		line: { ...line, kind: 'ink', width: 2.2, colour: '#1d2f4d', alpha: 0.95 },
	},
	'line-art': {
		...anime,
		cel: 0,
		steps: 0,
		lift: 0.2,
		saturation: 0.86,
		blurK: 0,
		line: { ...line, width: 1.8, colour: '#2f3e4e' },
	},
	cinematic: { ...clay, ambientK: 0.78, lightK: 1.25, saturation: 0.78, blurK: 1.9 },
	'clay-animation': { ...clay, ambientK: 1.1, saturation: 1.3, blurK: 1.4, line: { ...line, width: 1.4, alpha: 0.5 } },
	neon: { ...anime, cel: 0.5, ambientK: 0.3, lightK: 2, steps: 0, saturation: 1.7, line: null },
};
