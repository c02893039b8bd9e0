import type { Path2D, SKRSContext2D } from '@napi-rs/canvas';
import { clamp, css, mix, plus, shade } from './colour.ts';
import { baseColour, lampLight, toPath } from './surface.ts';
import type { Random } from './random.ts';
import type { Item, Scene } from './scene.ts';
import { at, brush } from './shape.ts';
import type { Point } from './shape.ts';
import type { LineRecipe, StyleRecipe } from './styles.ts';

function weight(line: LineRecipe, item: Item): number {
	if (item.group === 'bg')
		return line.width * line.backgroundK * (item.thin ? 0.5 : clamp(7 / (item.z > 450 ? 9 : item.z), 0.45, 1.25));
	return line.width * clamp((item.headPx ?? 40) / 62, 0.55, 2.6) * (item.group === 'fore' ? 1.2 : 1);
}

/** The outline of a shape: clean, pencilled in passes, or brushed in strokes with gaps. */
export function drawOutline(
	context: SKRSContext2D,
	scene: Scene,
	style: StyleRecipe,
	item: Item,
	path: Path2D,
	random: Random,
): void {
	const line = style.line;
	if (!line) return;
	const tinted = () => css(mix(shade(baseColour(scene, style, item, item.colour), line.tint), [20, 14, 30], 0.4));
	context.strokeStyle = context.fillStyle = line.colour ? css(line.colour, line.alpha) : tinted();
	context.lineJoin = context.lineCap = 'round';
	context.lineWidth = weight(line, item);
	if (line.kind === 'clean') return context.stroke(path);
	const straight = !item.smooth && item.points.length <= 8;
	if (line.kind === 'pencil') drawPencil(context, line, item, straight, random);
	else drawInk(context, item.points, straight, weight(line, item), random);
}

function drawPencil(context: SKRSContext2D, line: LineRecipe, item: Item, straight: boolean, random: Random): void {
	const { points } = item;
	const passes = item.thin || (item.group === 'bg' && item.z > 60) ? 1 : line.passes;
	for (let pass = 0; pass < passes; pass++) {
		context.globalAlpha = pass ? 0.55 : 0.95;
		context.beginPath();
		const jitter =
			line.jitter * (pass ? 1.25 : 0.6) * (item.group === 'bg' ? 1 : clamp((item.headPx ?? 40) / 90, 0.4, 1));
		const shake = () => (random() - 0.5) * 2 * jitter;
		if (straight) {
			points.forEach((a, i) => {
				const b = at(points, i + 1);
				const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
				if (length < 2) return;
				const over = (Math.min(line.overshoot, length * 0.12) * random()) / length;
				const [dx, dy] = [(b[0] - a[0]) * over, (b[1] - a[1]) * over];
				context.moveTo(a[0] - dx + shake(), a[1] - dy + shake());
				context.quadraticCurveTo(
					(a[0] + b[0]) / 2 + shake() * 1.4,
					(a[1] + b[1]) / 2 + shake() * 1.4,
					b[0] + dx + shake(),
					b[1] + dy + shake(),
				);
			});
		} else {
			let dx = shake();
			let dy = shake();
			context.moveTo(at(points, 0)[0] + dx, at(points, 0)[1] + dy);
			const step = points.length > 60 ? 2 : 1;
			for (let i = step; i <= points.length; i += step) {
				dx = dx * 0.8 + shake() * 0.4;
				dy = dy * 0.8 + shake() * 0.4;
				context.lineTo(at(points, i)[0] + dx, at(points, i)[1] + dy);
			}
		}
		context.stroke();
	}
	context.globalAlpha = 1;
}

function drawInk(context: SKRSContext2D, points: Point[], straight: boolean, width: number, random: Random): void {
	const stroke = (part: Point[], w: number) => {
		const outline = brush(part, w, random, { taper: 0.75, press: 0.35, thinnest: 0.16, wobble: 0.4 });
		if (outline) context.fill(toPath(outline));
	};
	const n = points.length;
	if (straight) {
		points.forEach((a, i) => {
			const b = at(points, i + 1);
			const third: Point = [(a[0] * 2 + b[0]) / 3 + (random() - 0.5) * 2, (a[1] * 2 + b[1]) / 3 + (random() - 0.5) * 2];
			stroke(
				[a, third, [(a[0] + b[0] * 2) / 3 + (random() - 0.5) * 2, (a[1] + b[1] * 2) / 3], b],
				width * (0.6 + random() * 0.6),
			);
		});
		return;
	}
	const parts = n > 16 ? 3 : 2;
	const start = Math.floor(random() * n);
	for (let k = 0; k < parts; k++) {
		const from = start + Math.floor((k * n) / parts);
		const length = Math.floor((n / parts) * (0.86 + random() * 0.16)) + 1;
		stroke(
			Array.from({ length: length + 1 }, (_, i) => at(points, from + i)),
			width * (0.6 + random() * 0.8),
		);
	}
}

/** An open line: folds, features of a face, reeds, ripples. */
export function drawStroke(
	context: SKRSContext2D,
	lines: SKRSContext2D | null,
	scene: Scene,
	style: StyleRecipe,
	item: Item,
	random: Random,
): void {
	if (item.texture && (style.fill === 'paper' || style.fill === 'clay')) return;
	const target = lines && !item.emit ? lines : context;
	const base = baseColour(scene, style, item, item.colour);
	const [x, y] = at(item.points, 0);
	const colour =
		item.feature && !item.emit && !lines ? plus(base, shade(lampLight(scene, style, item, x, y), 0.7)) : base;
	const black = style.finish === 'noir' && (item.feature || item.fold) && !item.emit;
	target.globalAlpha = (item.opacity ?? 1) * (lines ? 0.9 : 1);
	target.fillStyle =
		target === lines && style.line?.colour
			? css(style.line.colour, item.feature ? 0.9 : 0.6)
			: black
				? '#000000'
				: css(colour);
	const k = style.line?.kind === 'ink' && !item.feature ? 1.5 : 1;
	const outline = brush(item.points, Math.max(0.8, (item.width ?? 1) * k * 1.25), random, {
		taper: item.feature ? 0.62 : 0.5,
		press: 0.1,
	});
	if (outline) target.fill(toPath(outline));
	target.globalAlpha = 1;
}
