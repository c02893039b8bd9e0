import { Path2D } from '@napi-rs/canvas';
import type { SKRSContext2D } from '@napi-rs/canvas';
import { clamp, css, mix, multiply, plus, shade, toRgb } from './colour.ts';
import { drawOutline, drawStroke } from './line.ts';
import { createRandom } from './random.ts';
import type { Item, Lamp, Scene } from './scene.ts';
import { boundsOf } from './shape.ts';
import type { Box, Point } from './shape.ts';
import type { StyleRecipe } from './styles.ts';
import { baseColour, fallOff, lampLight, toPath } from './surface.ts';

/** Direction towards the lamp that counts most at a point. */
function keyDirection(scene: Scene, x: number, y: number): Point {
	let best = 0.04;
	let direction: Point = [scene.keySide * 0.8, -0.6];
	for (const lamp of scene.lamps) {
		const dx = lamp.x - x;
		const dy = lamp.y - y;
		const length = Math.hypot(dx, dy) || 1;
		const strength = (1 - length / lamp.radius) * lamp.power;
		if (strength > best) {
			best = strength;
			direction = [dx / length, dy / length];
		}
	}
	return direction;
}

function fillOf(context: SKRSContext2D, scene: Scene, style: StyleRecipe, item: Item, box: Box, jitter: number) {
	const base = baseColour(scene, style, item, item.colour);
	if (item.gradient) {
		const { from, to, top, bottom, ambient } = item.gradient;
		const gradient = context.createLinearGradient(0, top, 0, bottom);
		const tone = (c: Parameters<typeof toRgb>[0]) =>
			ambient && !item.emit ? mix(multiply(c, scene.palette.ambient), scene.palette.haze, 0.12) : toRgb(c);
		gradient.addColorStop(0, css(tone(from)));
		gradient.addColorStop(1, css(tone(to)));
		return gradient;
	}
	if (item.emit || item.z > 450) return css(base);
	let lamp: Lamp | undefined;
	let best = 0.02;
	for (const candidate of scene.lamps) {
		const nx = clamp(candidate.x, box[0], box[2]);
		const ny = clamp(candidate.y, box[1], box[3]);
		const distance = Math.hypot(nx - candidate.x, ny - candidate.y) / candidate.radius;
		const strength = distance >= 1 ? 0 : ((1 - distance) ** 2 * candidate.power) / fallOff(item, candidate);
		if (strength > best) {
			best = strength;
			lamp = candidate;
		}
	}
	if (!lamp) return css(shade(base, jitter));
	const cx = (box[0] + box[2]) / 2;
	const cy = (box[1] + box[3]) / 2;
	if (Math.max(box[2] - box[0], box[3] - box[1]) < lamp.radius * 0.12)
		return css(plus(base, lampLight(scene, style, item, cx, cy)));
	const ground = plus(base, lampLight(scene, style, item, cx, cy, lamp));
	const full = shade(multiply(item.colour, lamp.colour), (lamp.power * style.lightK) / fallOff(item, lamp) / 255);
	const gradient = context.createRadialGradient(lamp.x, lamp.y, 0, lamp.x, lamp.y, lamp.radius);
	const stop = (t: number) => css(plus(ground, shade(full, (1 - t) ** 2)));
	if (!style.steps) for (const t of [0, 0.2, 0.4, 0.6, 0.8, 1]) gradient.addColorStop(t, stop(t));
	for (let i = 0; i < style.steps; i++) {
		const [from, to] = [i / style.steps, (i + 1) / style.steps];
		const middle = ((from + to) / 2) * (i ? 1 : 0.6);
		gradient.addColorStop(Math.min(1, from + (i ? 0.012 : 0)), stop(middle));
		gradient.addColorStop(to - 0.012, stop(middle));
	}
	if (style.steps) gradient.addColorStop(1, stop(1));
	return gradient;
}

/** Paints a list of shapes, far ones first; lines go to their own layer where the style has one. */
export function paintItems(
	context: SKRSContext2D,
	lines: SKRSContext2D | null,
	scene: Scene,
	style: StyleRecipe,
	items: readonly Item[],
): void {
	const random = createRandom(`paint${scene.seed}${items.length}`);
	for (const item of items) {
		const box = boundsOf(item.points);
		if (box[2] < -20 || box[0] > scene.width + 20 || box[3] < -20 || box[1] > scene.height + 20) continue;
		if (item.open) {
			drawStroke(context, lines, scene, style, item, random);
			continue;
		}
		const path = toPath(item.points);
		const least = Math.min(box[2] - box[0], box[3] - box[1]);
		const shadow = style.fill === 'paper' && least > 5 && !item.noLine && !item.thin;
		context.globalAlpha = item.opacity ?? 1;
		if (item.blur && style.fill !== 'paper') context.filter = `blur(${Math.min(30, item.blur).toFixed(1)}px)`;
		if (shadow) {
			context.shadowColor = 'rgba(10,8,20,.5)';
			context.shadowBlur = item.group === 'bg' ? 16 : 9;
			context.shadowOffsetX = 3;
			context.shadowOffsetY = 5;
		}
		context.fillStyle = fillOf(
			context,
			scene,
			style,
			item,
			box,
			style.fill === 'watercolour' ? 0.94 + random() * 0.12 : 1,
		);
		context.fill(path);
		if (shadow) context.shadowColor = 'transparent';
		if (item.blur) context.filter = 'none';
		shadeForm(context, scene, style, item, path, box, least);
		context.globalAlpha = 1;
		if (!style.line) continue;
		if (lines && (item.opacity ?? 1) > 0.6 && !item.soft) {
			lines.globalCompositeOperation = 'destination-out';
			lines.fill(path);
			lines.globalCompositeOperation = 'source-over';
		}
		if (!item.noLine && !(item.emit && !item.window) && least >= 3)
			drawOutline(lines ?? context, scene, style, item, path, random);
	}
}

/** Cel shadow, clay roundness or the dark rim of a wash, each inside the shape only. */
function shadeForm(
	context: SKRSContext2D,
	scene: Scene,
	style: StyleRecipe,
	item: Item,
	path: Path2D,
	box: Box,
	least: number,
): void {
	const figure = item.group !== 'bg';
	const [w, h] = [box[2] - box[0], box[3] - box[1]];
	const [cx, cy] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
	if (item.emit) return;
	if (style.cel && figure && !item.noCel && least > 5) {
		const [kx, ky] = keyDirection(scene, cx, cy);
		const off = clamp(least * style.celOffset, 1.5, 46);
		context.save();
		context.clip(path);
		const outside = new Path2D();
		outside.rect(box[0] - 90, box[1] - 90, w + 180, h + 180);
		outside.addPath(path, { a: 1, b: 0, c: 0, d: 1, e: kx * off, f: ky * off });
		context.globalAlpha = style.cel;
		context.fillStyle = css(shade(mix(item.colour, [30, 30, 70], 0.55), 0.35));
		context.fill(outside, 'evenodd');
		context.restore();
	}
	if (style.fill === 'clay' && least > 3 && !item.noLine) {
		const [kx, ky] = figure ? keyDirection(scene, cx, cy) : [scene.keySide * 0.5, -0.8];
		const reach = figure ? Math.max(w, h) / 2 : least / 2 + 20;
		const gradient = context.createLinearGradient(cx + kx * reach, cy + ky * reach, cx - kx * reach, cy - ky * reach);
		const k = figure ? 1 : 0.55;
		gradient.addColorStop(0, `rgba(255,246,230,${0.3 * k})`);
		gradient.addColorStop(0.42, 'rgba(128,128,128,0)');
		gradient.addColorStop(1, `rgba(12,8,30,${0.5 * k})`);
		context.fillStyle = gradient;
		context.fill(path);
		if (figure && least > 14) {
			context.save();
			context.clip(path);
			context.filter = `blur(${clamp(least * 0.06, 1, 9).toFixed(1)}px)`;
			context.lineWidth = clamp(least * 0.13, 2, 26);
			context.strokeStyle = 'rgba(18,10,28,.34)';
			context.stroke(path);
			context.filter = 'none';
			context.restore();
		}
	}
	if (style.fill === 'watercolour' && least > 12 && !item.noLine) {
		context.save();
		context.clip(path);
		context.globalAlpha = 0.3;
		context.lineWidth = clamp(least * 0.06, 2, 8);
		context.strokeStyle = css(shade(baseColour(scene, style, item, item.colour), 0.5));
		context.stroke(path);
		context.restore();
	}
}
