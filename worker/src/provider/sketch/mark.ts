import type { SKRSContext2D } from '@napi-rs/canvas';
import { fontFamily, registerFont } from './font.ts';

/** The small mark that every frame of this provider bears. */
export function drawMark(x: SKRSContext2D, W: number, H: number, chinese: boolean): void {
	registerFont();
	const s = Math.min(W, H) / 720;
	const height = 22 * s;
	x.font = `${Math.round(height * 0.56)}px "${fontFamily}"`;
	const text = chinese ? '草图' : 'sketch';
	const width = x.measureText(text).width + height * 0.7;
	const left = W - 16 * s - width;
	x.fillStyle = 'rgba(18,18,22,.42)';
	x.beginPath();
	x.roundRect(left, 16 * s, width, height, height * 0.2);
	x.fill();
	x.fillStyle = '#ffffff';
	x.textBaseline = 'middle';
	x.fillText(text, left + height * 0.35, 16 * s + height * 0.52);
}

/** A red seal as a painter sets it below a wash. */
export function drawSeal(x: SKRSContext2D, W: number, H: number): void {
	registerFont();
	const s = (Math.min(W, H) / 720) * 42;
	const [left, top] = [W - s * 1.9, H - s * 2];
	x.fillStyle = 'rgba(172,40,32,.88)';
	x.beginPath();
	x.roundRect(left, top, s, s, s * 0.1);
	x.fill();
	x.font = `${Math.round(s * 0.42)}px "${fontFamily}"`;
	x.fillStyle = '#f3ead8';
	x.textBaseline = 'alphabetic';
	[...'草画分镜'].forEach((sign, i) =>
		x.fillText(sign, left + s * (0.07 + (i % 2) * 0.44), top + s * (0.45 + (i >> 1) * 0.45)),
	);
}
