import { createCanvas } from '@napi-rs/canvas';
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import { clamp, smoothstep, toRgb } from './colour.ts';
import { hashText } from './random.ts';
import type { Scene } from './scene.ts';
import type { StyleRecipe } from './styles.ts';
import { getTextures, textureMask, textureSize } from './texture.ts';

export type FinishLayers = { picture: Canvas; context: SKRSContext2D; figures: Canvas; lines: Canvas | null };
type Finish = (layers: FinishLayers, scene: Scene, style: StyleRecipe) => void;

function shrunk(picture: Canvas, W: number, H: number, by: number, blurPx: number): Canvas {
	const canvas = createCanvas(Math.ceil(W / by), Math.ceil(H / by));
	const pen = canvas.getContext('2d');
	pen.filter = `blur(${blurPx}px)`;
	pen.drawImage(picture, 0, 0, W / by, H / by);
	return canvas;
}

function blurred(picture: Canvas, W: number, H: number, by: number, blurPx: number): Uint8ClampedArray {
	const canvas = createCanvas(W, H);
	const pen = canvas.getContext('2d');
	const small = shrunk(picture, W, H, by, blurPx);
	pen.drawImage(small, 0, 0, small.width * by, small.height * by);
	return pixelsOf(canvas);
}

/** The pixels of a layer that is finished: a view, because copies of four megabytes are most of a finish's time. */
function pixelsOf(canvas: Canvas): Uint8ClampedArray {
	const data = canvas.data();
	return new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength);
}

function vignette(context: SKRSContext2D, W: number, H: number, strength: number): void {
	const gradient = context.createRadialGradient(
		W / 2,
		H * 0.48,
		Math.min(W, H) * 0.42,
		W / 2,
		H / 2,
		Math.max(W, H) * 0.66,
	);
	gradient.addColorStop(0, 'rgba(0,0,0,0)');
	gradient.addColorStop(1, `rgba(4,3,10,${strength})`);
	context.fillStyle = gradient;
	context.fillRect(0, 0, W, H);
}

function bloom({ picture, context }: FinishLayers, W: number, H: number, strength: number): void {
	const soft = shrunk(picture, W, H, 4, 5);
	context.globalCompositeOperation = 'screen';
	context.globalAlpha = strength;
	context.drawImage(soft, 0, 0, soft.width * 4, soft.height * 4);
	context.globalAlpha = 1;
	context.globalCompositeOperation = 'source-over';
}

/** Typed arrays give `undefined` only past their end; the loops below never go there. */
const v = (list: ArrayLike<number>, i: number) => list[i] as number;

const anime: Finish = (layers, { width: W, height: H }) => {
	bloom(layers, W, H, 0.3);
	const { context } = layers;
	const gradient = context.createLinearGradient(0, 0, 0, H);
	gradient.addColorStop(0, '#a8b8ff');
	gradient.addColorStop(1, '#38204a');
	context.globalCompositeOperation = 'soft-light';
	context.globalAlpha = 0.22;
	context.fillStyle = gradient;
	context.fillRect(0, 0, W, H);
	context.globalAlpha = 1;
	context.globalCompositeOperation = 'source-over';
};

const clay: Finish = (layers, { width: W, height: H }) => {
	bloom(layers, W, H, 0.22);
	vignette(layers.context, W, H, 0.42);
	textureOver(layers.context, W, H, getTextures().grain, 0, 0.1);
};

const papercut: Finish = ({ context }, { width: W, height: H }) => {
	textureOver(context, W, H, getTextures().paper, 1, 0.32);
	vignette(context, W, H, 0.3);
};

/** Multiplies the picture by `1 + texture * k` (`centred` is 1 for textures round zero, 0 for 0..1). */
function textureOver(
	context: SKRSContext2D,
	W: number,
	H: number,
	texture: Float32Array,
	centred: 0 | 1,
	k: number,
): void {
	const image = context.getImageData(0, 0, W, H);
	const d = image.data;
	for (let y = 0, i = 0; y < H; y++) {
		const row = (y & textureMask) * textureSize;
		for (let x = 0; x < W; x++, i += 4) {
			const factor = 1 + (v(texture, row + (x & textureMask)) - (centred ? 0 : 0.5)) * k;
			d[i] = v(d, i) * factor;
			d[i + 1] = v(d, i + 1) * factor;
			d[i + 2] = v(d, i + 2) * factor;
		}
	}
	context.putImageData(image, 0, 0);
}

const tone = (d: ArrayLike<number>, i: number) => (v(d, i) * 0.3 + v(d, i + 1) * 0.59 + v(d, i + 2) * 0.11) / 255;
/** Where a seed starts in the textures, so that the edges of two frames differ. */
const shiftOf = (scene: Scene) => hashText(`paper${scene.seed}`);

const pencil: Finish = ({ context, figures, lines }, scene, style) => {
	const {
		width: W,
		height: H,
		exposure: { low, high },
	} = scene;
	const T = getTextures();
	const image = context.getImageData(0, 0, W, H);
	const d = image.data;
	const line = lines ? pixelsOf(lines) : d;
	const figure = pixelsOf(figures);
	const [pr, pg, pb] = toRgb(style.paper);
	const [h0, h1, h2, h3] = T.hatches;
	const dark = Float32Array.from({ length: 256 }, (_, i) => 1 - smoothstep(low, high, i / 255));
	const shift = shiftOf(scene);
	const [ox, oy] = [shift & textureMask, (shift >>> 9) & textureMask];
	for (let y = 0, i = 0; y < H; y++) {
		const edgeY = Math.min(y, H - 1 - y);
		for (let x = 0; x < W; x++, i += 4) {
			const t = ((y + oy) & textureMask) * textureSize + ((x + ox) & textureMask);
			const D = v(dark, (tone(d, i) * 255) | 0);
			const onFigure = v(figure, i + 3) > 128;
			const edge = clamp((Math.min(x, W - 1 - x, edgeY) - 14 - v(T.cloud, t) * 34) / 26);
			const paper = v(T.paper, t);
			const hatch =
				v(onFigure ? h1 : h0, t) * clamp((D - 0.12) * 3.2) * 0.42 +
				v(onFigure ? h3 : h2, t) * clamp((D - 0.4) * 3) * 0.46 +
				v(onFigure ? h0 : h1, t) * clamp((D - 0.66) * 3) * 0.6;
			const ground = Math.max(0, (D * 0.17 + hatch) * edge * (1 + paper * 1.1));
			const stroke =
				(v(line, i + 3) / 255) * (0.9 + paper * 1.5) * Math.min(1, edge + 0.25) * (1 - Math.min(0.8, ground) * 0.35);
			const k = clamp(ground + stroke, 0, 0.93);
			const light = (1 + paper * 0.09) * (1 - k);
			d[i] = pr * light + 44 * k;
			d[i + 1] = pg * light + 42 * k;
			d[i + 2] = pb * light + 44 * k;
		}
	}
	context.putImageData(image, 0, 0);
};

const inkWash: Finish = ({ picture, context, figures, lines }, scene, style) => {
	const {
		width: W,
		height: H,
		exposure: { low, high },
	} = scene;
	const T = getTextures();
	const soft = blurred(picture, W, H, 8, 2.4);
	const image = context.getImageData(0, 0, W, H);
	const d = image.data;
	const source = new Uint8ClampedArray(d);
	const line = lines ? pixelsOf(lines) : d;
	const figure = pixelsOf(figures);
	const [pr, pg, pb] = toRgb(style.paper);
	const shift = shiftOf(scene);
	const [ox, oy] = [shift & textureMask, (shift >>> 9) & textureMask];
	const inked = Float32Array.from({ length: 1025 }, (_, i) => (1 - clamp((i / 1024 - low) / (high - low))) ** 1.25);
	for (let y = 0, i = 0; y < H; y++) {
		// Mist eats the lower middle of the far planes: ink leaves out what a camera would record.
		for (let x = 0; x < W; x++, i += 4) {
			const t = ((y + oy) & textureMask) * textureSize + ((x + ox) & textureMask);
			const cloud = v(T.cloud, t);
			const onFigure = v(figure, i + 3) > 127;
			const sx = clamp(x + (cloud - 0.5) * 22, 0, W - 1) | 0;
			const sy = clamp(y + (v(T.wash, t) - 0.5) * 22, 0, H - 1) | 0;
			const own = tone(source, onFigure ? i : (sy * W + sx) * 4);
			const around = tone(soft, i);
			const mixed = onFigure ? own * 0.85 + around * 0.15 : own * 0.5 + around * 0.5;
			const paper = v(T.paper, t);
			const mist = onFigure ? 0 : smoothstep(0.48, 0.78, cloud) * 0.75;
			let D = v(inked, (mixed * 1024) | 0) * (onFigure ? 0.8 : 0.66) * (0.72 + cloud * 0.5) * (1 - mist * 0.4);
			D = clamp(D + Math.abs(own - around) * (onFigure ? 0.066 : 0.22) + paper * 0.1 * (0.3 + D), 0, 0.9);
			const stroke = clamp((v(line, i + 3) / 255) * (0.55 + (v(T.grain, t) * 0.5 + paper + 0.35) * 1.1)) * (1 - mist);
			const k = clamp(D + stroke * 0.9 * (1 - D * 0.35), 0, 0.95);
			const light = (1 + paper * 0.08) * (1 - k);
			const warm = clamp((v(source, i) - v(source, i + 2) - 46) / 140) * (1 - stroke) * 0.62;
			d[i] = (pr * light + 24 * k) * (1 - warm * 0.06);
			d[i + 1] = (pg * light + 26 * k) * (1 - warm * 0.36);
			d[i + 2] = (pb * light + 33 * k) * (1 - warm * 0.62);
		}
	}
	context.putImageData(image, 0, 0);
};

const watercolour: Finish = ({ picture, context, lines }, scene, style) => {
	const { width: W, height: H } = scene;
	const T = getTextures();
	const soft = blurred(picture, W, H, 4, 2.2);
	const image = context.getImageData(0, 0, W, H);
	const d = image.data;
	const source = new Uint8ClampedArray(d);
	const line = lines ? pixelsOf(lines) : d;
	const paperColour = toRgb(style.paper);
	const shift = shiftOf(scene);
	const [ox, oy] = [shift & textureMask, (shift >>> 9) & textureMask];
	for (let y = 0, i = 0; y < H; y++) {
		const edgeY = Math.min(y, H - 1 - y);
		for (let x = 0; x < W; x++, i += 4) {
			const t = ((y + oy) & textureMask) * textureSize + ((x + ox) & textureMask);
			const cloud = v(T.cloud, t);
			const wash = v(T.wash, t);
			const paper = v(T.paper, t);
			const sx = clamp(x + (cloud - 0.5) * 13, 0, W - 1) | 0;
			const sy = clamp(y + (wash - 0.5) * 13, 0, H - 1) | 0;
			const j = (sy * W + sx) * 4;
			const edge = Math.min(x, W - 1 - x, edgeY) - 12 - wash * 46;
			const inside = clamp(edge / 7);
			const rim = edge > 30 ? 0 : Math.exp(-(((edge - 8) / 7) ** 2)) * 0.22;
			const strength = (0.74 + cloud * 0.42 + paper * 0.34) * 0.97;
			const stroke = 1 - (v(line, i + 3) / 255) * (0.7 + paper) * inside * 0.62;
			const light = (1 + paper * 0.07) * stroke;
			for (let c = 0; c < 3; c++) {
				const own = v(source, j + c);
				const pooled = Math.max(0, v(soft, i + c) - own) * 0.5;
				const density = clamp((1 - own / 255) * strength + (pooled / 255) * 0.8 + rim) * inside;
				d[i + c] = v(paperColour, c) * light * (1 - density);
			}
		}
	}
	context.putImageData(image, 0, 0);
};

const noir: Finish = ({ context, figures }, scene) => {
	const {
		width: W,
		height: H,
		exposure: { low, high },
	} = scene;
	const T = getTextures();
	const image = context.getImageData(0, 0, W, H);
	const d = image.data;
	const figure = pixelsOf(figures);
	const side = scene.keySide > 0 ? -3 : 3;
	for (let y = 0, i = 0; y < H; y++) {
		const row = (y & textureMask) * textureSize;
		for (let x = 0; x < W; x++, i += 4) {
			const grain = v(T.grain, row + (x & textureMask)) - 0.5;
			const value = clamp((tone(d, i) - low) / (high - low)) + grain * 0.05;
			const wave = Math.abs(((x + y * 0.6) % 7) / 7 - 0.5) * 2;
			let o = smoothstep(0.5, 0.57, value);
			if (value > 0.13) o = Math.max(o, smoothstep(-0.12, 0.12, smoothstep(0.14, 0.5, value) * 0.95 - wave) * 0.6);
			if (value < 0.45 && v(figure, i + 3) > 128) {
				const j = (Math.max(0, y - 2) * W + clamp(x - side, 0, W - 1)) * 4;
				if (v(figure, j + 3) < 128) o = Math.max(o, 0.86);
			}
			d[i] = 9 + o * 232 + grain * 16;
			d[i + 1] = 10 + o * 230 + grain * 16;
			d[i + 2] = 14 + o * 218 + grain * 16;
		}
	}
	context.putImageData(image, 0, 0);
	vignette(context, W, H, 0.55);
};

/** The whole-picture pass of each finish: paper, wash, grain, hard light. */
export const finishes: Record<StyleRecipe['finish'], Finish> = {
	pencil,
	ink: inkWash,
	anime,
	clay,
	noir,
	watercolour,
	papercut,
};
