import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import type { Colour, Rgb } from './colour.ts';
import type { Design } from './design.ts';
import type { PoseName, Skeleton } from './pose.ts';
import type { Random } from './random.ts';
import type { Point } from './shape.ts';

export type Daylight = 'day' | 'morning' | 'dawn' | 'dusk' | 'evening' | 'night';
/** Every place that can be drawn; `places.ts` draws them, words for each are in `words.json`. */
export const placeKinds = [
	'street',
	'alley',
	'rooftops',
	'city',
	'palace',
	'temple',
	'courtyard',
	'heaven',
	'village',
	'hillside',
	'mountain',
	'river',
	'sea',
	'forest',
	'field',
	'battlefield',
	'sky',
	'room',
	'hall',
	'stove',
	'feast',
	'throne',
] as const;
export type PlaceKind = (typeof placeKinds)[number];
export type Mood = 'calm' | 'sad' | 'laugh' | 'angry' | 'awe';
export type InsertKind = 'hands' | 'tool';

export type CastMember = {
	name: string;
	design: Design;
	pose: PoseName;
	mood: Mood;
	props: string[];
	glow: boolean;
	floating: boolean;
	talks: boolean;
};

/** What a shot's words say, before anything has a place in the frame. */
export type Spec = {
	chinese: boolean;
	inside: boolean;
	place: PlaceKind;
	daylight: Daylight;
	weather: string[];
	props: string[];
	/** Animals and vehicles. */
	things: string[];
	mood: Mood;
	size: GenerationRequest['shot']['size'];
	angle: GenerationRequest['shot']['angle'];
	move: GenerationRequest['shot']['move'];
	insert: InsertKind | null;
	cast: CastMember[];
	crowd: boolean;
	text: string;
	/** Nothing is known about the shot: a plain card is drawn. */
	empty: boolean;
};

/** A vertical gradient over the whole picture: colours and the heights they stand at. */
export type VerticalGradient = { from: Colour; to: Colour; top: number; bottom: number; ambient: boolean };

/** How a shape is painted; everything but `z` may be left out. */
export type ItemOptions = {
	z?: number;
	group?: 'bg' | 'fig' | 'fore';
	open?: boolean;
	width?: number;
	smooth?: boolean;
	fine?: number;
	emit?: boolean;
	noLine?: boolean;
	noCel?: boolean;
	opacity?: number;
	gradient?: VerticalGradient;
	blur?: number;
	/** Part of fog or cloud: has no outline to rub out. */
	soft?: boolean;
	thin?: boolean;
	feature?: boolean;
	fold?: boolean;
	texture?: boolean;
	window?: boolean;
	/** Head height in pixels of the figure it belongs to: weight of its line. */
	headPx?: number;
};
export type Item = ItemOptions & {
	points: Point[];
	colour: Rgb;
	z: number;
	group: 'bg' | 'fig' | 'fore';
	index: number;
};
export type AddShape = (points: Point[], colour: Colour, options?: ItemOptions) => void;

export type Lamp = {
	x: number;
	y: number;
	z: number;
	radius: number;
	colour: Rgb;
	power: number;
	halo: number;
	core: number;
};
export type Palette = { sky: [Colour, Colour]; ambient: Rgb; haze: Colour; key: Rgb };
export type Camera = { focal: number; horizon: number; height: number; centreX: number; distance: number };
export type Flake = {
	kind: 'snow' | 'rain';
	x: number;
	y: number;
	size: number;
	opacity: number;
	near: boolean;
	drift: number;
};

export type StagedFigure = {
	member: CastMember;
	depth: number;
	/** Where the feet stand, as a share of the frame's width. */
	across: number;
	facing: 1 | -1;
	view: 'front' | 'back';
	near: boolean;
	extra: boolean;
	head?: Point;
	headPx?: number;
	skeleton?: Skeleton;
};

export type Scene = {
	width: number;
	height: number;
	items: Item[];
	lamps: Lamp[];
	palette: Palette;
	camera: Camera;
	spec: Spec;
	seed: string;
	figures: StagedFigure[];
	flakes: Flake[];
	tight: boolean;
	/** Side the key light comes from. */
	keySide: 1 | -1;
	exposure: { low: number; high: number };
};

/** What a place is built with: a pin-hole camera and a list to add shapes to. */
export type Stage = {
	W: number;
	H: number;
	r: Random;
	/** Metres to pixels. */
	P: (x: number, y: number, z: number) => Point;
	add: AddShape;
	light: (x: number, y: number, z: number, radius: number, colour: Colour, power: number, halo?: number) => void;
	lamps: Lamp[];
	camera: Camera;
	spec: Spec;
	palette: Palette;
	snow: boolean;
	dark: boolean;
};
