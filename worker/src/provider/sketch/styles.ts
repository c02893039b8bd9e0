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

/** Every number that makes a style differ from the others. */
export const styleRecipes: Record<StyleName, StyleRecipe> = {
	pencil: {
		...plain,
		finish: 'pencil',
		cel: 0.3,
		paper: '#f4efe4',
		blurK: 0.4,
		line: { ...line, kind: 'pencil', width: 1.5, colour: '#33312f', alpha: 0.72, jitter: 1.5, passes: 2, overshoot: 9 },
	},
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
	anime: { ...plain, finish: 'anime', cel: 0.3, celOffset: 0.17, steps: 4, saturation: 1.16, line },
	'3d': { ...plain, fill: 'clay', finish: 'clay' },
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
	watercolour: {
		...plain,
		fill: 'watercolour',
		finish: 'watercolour',
		cel: 0.2,
		celOffset: 0.24,
		paper: '#faf6ec',
		lift: 0.24,
		line: { ...line, kind: 'pencil', width: 1.1, colour: '#4a4038', alpha: 0.5, jitter: 1.1 },
	},
	papercut: { ...plain, fill: 'paper', finish: 'papercut', saturation: 1.12, blurK: 0.5 },
};
