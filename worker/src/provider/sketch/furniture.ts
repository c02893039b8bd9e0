import type { SKRSContext2D } from '@napi-rs/canvas';
import type { PictureRequest } from '@reelroom/shared/provider/provider.ts';
import { fontFamily, registerFont } from './font.ts';

const moveNames: Record<PictureRequest['shot']['move'], string> = {
	static: '固定',
	pan: '摇',
	tilt: '俯仰',
	'push in': '推',
	'pull out': '拉',
	track: '跟',
	crane: '升降',
	handheld: '手持',
	arc: '环绕',
	zoom: '变焦',
};

/** Words of the label strip, e.g. `1A · WS · push in`. */
export function labelOf({ label, shot }: PictureRequest, chinese: boolean): string {
	const move = shot.move === 'static' ? '' : chinese ? moveNames[shot.move] : shot.move;
	return [label, shot.size, shot.angle === 'eye' ? '' : shot.angle, move].filter(Boolean).join(' · ');
}

function plate(
	x: SKRSContext2D,
	text: string,
	left: number,
	top: number,
	height: number,
	shade: string,
	right = false,
): void {
	registerFont();
	x.font = `${Math.round(height * 0.56)}px "${fontFamily}"`;
	const width = x.measureText(text).width + height * 0.7;
	const start = right ? left - width : left;
	x.fillStyle = shade;
	x.beginPath();
	x.roundRect(start, top, width, height, height * 0.2);
	x.fill();
	x.fillStyle = '#ffffff';
	x.textBaseline = 'middle';
	x.fillText(text, start + height * 0.35, top + height * 0.52);
}

/** The small mark that every frame of this provider bears. */
export function drawMark(x: SKRSContext2D, W: number, H: number, chinese: boolean): void {
	const s = Math.min(W, H) / 720;
	plate(x, chinese ? '草图' : 'sketch', W - 16 * s, 16 * s, 22 * s, 'rgba(18,18,22,.42)', true);
}

/** Label and camera move, on their own layer above the finished frame. */
export function drawFurniture(x: SKRSContext2D, request: PictureRequest, W: number, H: number, chinese: boolean): void {
	const s = Math.min(W, H) / 720;
	drawMove(x, request.shot.move, W, H, s);
	plate(x, labelOf(request, chinese), 16 * s, 16 * s, 34 * s, 'rgba(18,18,22,.8)');
}

function drawMove(x: SKRSContext2D, move: PictureRequest['shot']['move'], W: number, H: number, s: number): void {
	x.lineJoin = x.lineCap = 'round';
	const stroke = (draw: () => void) => {
		for (const [colour, width] of [
			['rgba(0,0,0,.4)', 5],
			['rgba(255,255,255,.82)', 2.6],
		] as const) {
			x.strokeStyle = colour;
			x.lineWidth = width * s;
			x.beginPath();
			draw();
			x.stroke();
		}
	};
	const arrow = (x0: number, y0: number, x1: number, y1: number, bend = 0) =>
		stroke(() => {
			const angle = Math.atan2(y1 - y0, x1 - x0) + bend * 0.5;
			const head = 15 * s;
			x.moveTo(x0, y0);
			x.quadraticCurveTo((x0 + x1) / 2, (y0 + y1) / 2 - bend * 60 * s, x1, y1);
			x.moveTo(x1 - head * Math.cos(angle - 0.5), y1 - head * Math.sin(angle - 0.5));
			x.lineTo(x1, y1);
			x.lineTo(x1 - head * Math.cos(angle + 0.5), y1 - head * Math.sin(angle + 0.5));
		});
	const inwards = move === 'push in' || move === 'zoom';
	if (inwards || move === 'pull out') {
		const k = 0.66;
		x.setLineDash([10 * s, 8 * s]);
		stroke(() => x.rect((W * (1 - k)) / 2, (H * (1 - k)) / 2, W * k, H * k));
		x.setLineDash([]);
		for (const [sx, sy] of [
			[-1, -1],
			[1, -1],
			[1, 1],
			[-1, 1],
		] as const) {
			const corner = (t: number): [number, number] => [W / 2 + sx * W * t, H / 2 + sy * H * t];
			arrow(...corner(inwards ? 0.42 : 0.35), ...corner(inwards ? 0.345 : 0.42));
		}
	}
	if (move === 'pan' || move === 'track') arrow(W * 0.32, H * 0.93, W * 0.68, H * 0.93);
	if (move === 'tilt' || move === 'crane') arrow(W * 0.95, H * 0.68, W * 0.95, H * 0.32);
	if (move === 'arc') arrow(W * 0.36, H * 0.92, W * 0.64, H * 0.92, 0.8);
	if (move === 'handheld') {
		stroke(() => {
			for (let i = 0; i <= 10; i++) x.lineTo(W * 0.44 + i * W * 0.012, H * 0.94 + (i % 2 ? -5 : 5) * s);
		});
	}
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
