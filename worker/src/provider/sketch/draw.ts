import { createCanvas } from '@napi-rs/canvas';
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import type { GenerationRequest, SketchStage } from '@reelroom/shared/provider/provider.ts';
import { composeScene } from './compose.ts';
import { finishes } from './finish.ts';
import { fontFamily, registerFont } from './font.ts';
import { drawFlakes, drawHalos, drawRim } from './light.ts';
import { drawMark, drawSeal } from './mark.ts';
import { paintItems } from './paint.ts';
import { readRequest } from './read.ts';
import type { Item, Scene } from './scene.ts';
import { styleRecipes } from './styles.ts';
import type { StyleRecipe } from './styles.ts';

/** Frames are painted with this many pixels in the frame's own shape, then scaled: line and texture keep their size. */
const paintedArea = 1280 * 720;
const outOfFocus: Partial<Record<Scene['spec']['size'], number>> = { MLS: 1.5, MS: 2.2, MCU: 3.6, CU: 6, ECU: 9 };

export type DrawStep = { stage: SketchStage; canvas: Canvas };

/** Draws a frame; each step gives the picture as far as it is. Number and camera move are not in it, because films are cut from it. */
export function* drawSketch(request: GenerationRequest): Generator<DrawStep, Canvas> {
	const scale = Math.sqrt(paintedArea / (request.widthPx * request.heightPx));
	const W = Math.max(32, Math.round(request.widthPx * scale));
	const H = Math.max(32, Math.round(request.heightPx * scale));
	const style = styleRecipes[request.style];
	const spec = readRequest(request);
	const picture = createCanvas(W, H);
	const context = picture.getContext('2d');
	let steps: Generator<DrawStep>;
	if (spec.empty) steps = drawCard(picture, context, request, style);
	else {
		const scene = composeScene(spec, `${request.seed}/${request.label}/${request.shot.place}`, W, H);
		steps = drawScene(picture, context, scene, style);
	}
	yield* steps;
	const out = createCanvas(request.widthPx, request.heightPx);
	const pen = out.getContext('2d');
	pen.imageSmoothingQuality = 'high';
	pen.drawImage(picture, 0, 0, request.widthPx, request.heightPx);
	drawMark(pen, request.widthPx, request.heightPx, spec.chinese);
	return out;
}

function* drawScene(picture: Canvas, context: SKRSContext2D, scene: Scene, style: StyleRecipe): Generator<DrawStep> {
	const { width: W, height: H, spec } = scene;
	const figures = createCanvas(W, H);
	const figurePen = figures.getContext('2d');
	const lines = style.line && style.line.kind !== 'clean' ? createCanvas(W, H) : null;
	const linePen = lines?.getContext('2d') ?? null;
	const far = (a: Item, b: Item) => b.z - a.z || a.index - b.index;
	const group = (name: Item['group']) => scene.items.filter((item) => item.group === name).sort(far);
	context.fillStyle = '#888888';
	context.fillRect(0, 0, W, H);
	const background = group('bg');
	for (const pen of [context, figurePen, linePen]) if (pen && spec.angle === 'dutch') tilt(pen, W, H);
	paintItems(context, linePen, scene, style, background.slice(0, Math.min(4, background.length)));
	yield { stage: 'layout', canvas: picture };
	paintItems(context, linePen, scene, style, background);
	defocus(picture, context, linePen, scene, style);
	yield { stage: 'background', canvas: picture };
	paintItems(figurePen, linePen, scene, style, group('fig'));
	paintItems(figurePen, linePen, scene, style, group('fore'));
	if (style.fill === 'clay') castShadow(context, figures, scene);
	if (spec.daylight !== 'day' || style.fill === 'clay') drawRim(figurePen, figures, scene, style);
	context.save();
	context.resetTransform();
	context.drawImage(figures, 0, 0);
	context.restore();
	yield { stage: 'figures', canvas: picture };
	drawHalos(context, scene, style.finish === 'noir' ? 0.6 : 1);
	drawFlakes(context, linePen, scene);
	context.resetTransform();
	yield { stage: 'light', canvas: picture };
	finishes[style.finish]({ picture, context, figures, lines }, scene, style);
	if (style.seal) drawSeal(context, W, H);
	yield { stage: 'finish', canvas: picture };
}

function tilt(pen: SKRSContext2D, W: number, H: number): void {
	pen.translate(W / 2, H / 2);
	pen.rotate(0.11);
	pen.scale(1.18, 1.18);
	pen.translate(-W / 2, -H / 2);
}

/** In tight shots the background is out of focus, and its lines fade. */
function defocus(
	picture: Canvas,
	context: SKRSContext2D,
	lines: SKRSContext2D | null,
	scene: Scene,
	style: StyleRecipe,
): void {
	const blur = (scene.tight ? (outOfFocus[scene.spec.size] ?? 0) : style.fill === 'clay' ? 1.3 : 0) * style.blurK;
	if (!blur) return;
	const soft = createCanvas(scene.width, scene.height);
	const pen = soft.getContext('2d');
	pen.filter = `blur(${blur.toFixed(1)}px)`;
	pen.drawImage(picture, 0, 0);
	context.save();
	context.resetTransform();
	context.drawImage(soft, 0, 0);
	context.restore();
	if (!lines || blur < 1) return;
	lines.save();
	lines.resetTransform();
	lines.globalCompositeOperation = 'destination-out';
	lines.globalAlpha = Math.min(0.72, blur * 0.12);
	lines.fillRect(0, 0, scene.width, scene.height);
	lines.restore();
}

function castShadow(context: SKRSContext2D, figures: Canvas, scene: Scene): void {
	context.save();
	context.resetTransform();
	context.filter = 'blur(14px)';
	context.globalAlpha = 0.4;
	context.globalCompositeOperation = 'multiply';
	context.drawImage(figures, scene.keySide * -16, 10);
	context.restore();
}

/** A shot without words: its label on the style's paper. */
function* drawCard(
	picture: Canvas,
	context: SKRSContext2D,
	request: GenerationRequest,
	style: StyleRecipe,
): Generator<DrawStep> {
	registerFont();
	const { width: W, height: H } = picture;
	const dark = style.finish === 'noir' || style.finish === 'clay';
	context.fillStyle = dark ? '#26262c' : style.paper === '#ffffff' ? '#e9edf4' : String(style.paper);
	context.fillRect(0, 0, W, H);
	yield { stage: 'layout', canvas: picture };
	context.strokeStyle = dark ? '#565660' : '#b9b2a4';
	context.lineWidth = 3;
	context.strokeRect(W * 0.06, H * 0.08, W * 0.88, H * 0.84);
	yield { stage: 'background', canvas: picture };
	yield { stage: 'figures', canvas: picture };
	yield { stage: 'light', canvas: picture };
	context.fillStyle = dark ? '#e8e8ee' : '#4a463f';
	context.textAlign = 'center';
	context.textBaseline = 'middle';
	context.font = `${Math.round(Math.min(W, H) * 0.08)}px "${fontFamily}"`;
	const { size, angle, move } = request.shot;
	const words = [request.label, size, angle === 'eye' ? '' : angle, move === 'static' ? '' : move].filter(Boolean);
	context.fillText(words.join(' · '), W / 2, H / 2, W * 0.8);
	context.textAlign = 'left';
	yield { stage: 'finish', canvas: picture };
}
