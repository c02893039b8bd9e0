import { createCanvas } from '@napi-rs/canvas';
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import { clamp, css } from './colour.ts';
import type { Scene } from './scene.ts';
import type { StyleRecipe } from './styles.ts';

/** Back light along the edge that faces the key: figures stay visible at night. */
export function drawRim(context: SKRSContext2D, figures: Canvas, scene: Scene, style: StyleRecipe): void {
	if (style.finish === 'noir' || style.finish === 'pencil' || style.finish === 'ink' || style.finish === 'papercut')
		return;
	const { width, height } = scene;
	const headPx = scene.figures.find((figure) => figure.headPx)?.headPx;
	if (!headPx) return;
	const edge = createCanvas(width, height);
	const pen = edge.getContext('2d');
	const w = clamp(headPx * 0.035, 1.6, 7);
	pen.drawImage(figures, 0, 0);
	pen.globalCompositeOperation = 'destination-out';
	pen.drawImage(figures, scene.keySide * -w, w * 0.8);
	pen.globalCompositeOperation = 'source-in';
	pen.fillStyle = css(scene.palette.key);
	pen.fillRect(0, 0, width, height);
	context.save();
	context.resetTransform();
	context.globalCompositeOperation = 'screen';
	context.globalAlpha = style.finish === 'clay' ? 0.7 : scene.spec.daylight === 'night' ? 0.72 : 0.45;
	context.drawImage(edge, 0, 0);
	context.restore();
}

/** The glow in the air round every lamp. */
export function drawHalos(context: SKRSContext2D, scene: Scene, strength: number): void {
	context.globalCompositeOperation = 'screen';
	for (const lamp of scene.lamps) {
		if (!lamp.halo) continue;
		const radius = lamp.radius * 0.9;
		const glow = context.createRadialGradient(lamp.x, lamp.y, 0, lamp.x, lamp.y, radius);
		const alpha = clamp(lamp.halo * strength * 0.62);
		for (const [t, k] of [
			[0, 1],
			[0.12, 0.62],
			[0.3, 0.3],
			[0.6, 0.08],
			[1, 0],
		] as const)
			glow.addColorStop(t, css(lamp.colour, Math.min(0.99, alpha * k)));
		context.fillStyle = glow;
		context.fillRect(lamp.x - radius, lamp.y - radius, 2 * radius, 2 * radius);
		if (!lamp.core) continue;
		const core = context.createRadialGradient(lamp.x, lamp.y, 0, lamp.x, lamp.y, lamp.core * 2.4);
		core.addColorStop(0, 'rgba(255,250,225,.95)');
		core.addColorStop(0.3, 'rgba(255,225,150,.55)');
		core.addColorStop(1, 'rgba(255,180,80,0)');
		context.fillStyle = core;
		const reach = lamp.core * 3;
		context.fillRect(lamp.x - reach, lamp.y - reach, reach * 2, reach * 2);
	}
	context.globalCompositeOperation = 'source-over';
}

/** Snow and rain in front of everything; they also rub the lines out. */
export function drawFlakes(context: SKRSContext2D, lines: SKRSContext2D | null, scene: Scene): void {
	for (const flake of scene.flakes) {
		context.globalAlpha = flake.opacity;
		if (flake.kind === 'rain') {
			context.strokeStyle = '#dfe8f5';
			context.lineWidth = 1.3;
			context.beginPath();
			context.moveTo(flake.x, flake.y);
			context.lineTo(flake.x - flake.size * 0.25, flake.y + flake.size);
			context.stroke();
			continue;
		}
		if (flake.near) context.globalAlpha = flake.opacity * 0.55;
		context.fillStyle = '#ffffff';
		context.beginPath();
		context.ellipse(flake.x, flake.y, flake.size * (1 + flake.drift * 0.25), flake.size, -0.4, 0, 7);
		context.fill();
		if (!lines) continue;
		lines.globalCompositeOperation = 'destination-out';
		lines.beginPath();
		lines.ellipse(flake.x, flake.y, flake.size, flake.size, 0, 0, 7);
		lines.fill();
		lines.globalCompositeOperation = 'source-over';
	}
	context.globalAlpha = 1;
}
