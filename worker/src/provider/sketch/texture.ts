import { createCanvas } from '@napi-rs/canvas';
import { createNoise, createRandom } from './random.ts';

/** Side of the textures; a power of two, so that `& textureMask` wraps. */
export const textureSize = 512;
export const textureMask = textureSize - 1;
export type Textures = {
	cloud: Float32Array;
	wash: Float32Array;
	grain: Float32Array;
	paper: Float32Array;
	hatches: [Float32Array, Float32Array, Float32Array, Float32Array];
};

let made: Textures | null = null;
/** Made once per process: about 10 MB for all styles together. */
export function getTextures(): Textures {
	if (made) return made;
	const grain = createNoise(textureSize, 3, 2, 'g');
	const fibre = createNoise(textureSize, 24, 4, 'f');
	made = {
		cloud: createNoise(textureSize, 128, 5, 'n1'),
		wash: createNoise(textureSize, 128, 5, 'n2'),
		grain,
		paper: grain.map((value, i) => (value - 0.5) * 0.75 + ((fibre[i] ?? 0.5) - 0.5) * 0.5),
		hatches: [
			createHatch(-0.85, 5, 'h0'),
			createHatch(0.55, 5.4, 'h1'),
			createHatch(0.1, 5.8, 'h2'),
			createHatch(-1.35, 6.2, 'h3'),
		],
	};
	return made;
}

/** A tile of hand-made strokes at one angle; strokes near an edge are drawn again beyond it, so that it wraps. */
function createHatch(angle: number, gap: number, seed: string): Float32Array {
	const N = textureSize;
	const canvas = createCanvas(N, N);
	const pen = canvas.getContext('2d');
	const r = createRandom(seed);
	pen.fillStyle = '#ffffff';
	pen.fillRect(0, 0, N, N);
	pen.strokeStyle = '#000000';
	for (let i = Math.round((N * N) / (gap * 95)); i > 0; i--) {
		const [x, y, length, turn] = [r() * N, r() * N, 60 + r() * 90, angle + (r() - 0.5) * 0.14];
		const [dx, dy, bx, by] = [Math.cos(turn) * length, Math.sin(turn) * length, (r() - 0.5) * 6, (r() - 0.5) * 6];
		pen.globalAlpha = 0.35 + r() * 0.45;
		pen.lineWidth = 0.8 + r() * 1.1;
		for (const ox of [x - N, x, x + N]) {
			for (const oy of [y - N, y, y + N]) {
				if (ox > N + 160 || ox < -160 || oy > N + 160 || oy < -160) continue;
				pen.beginPath();
				pen.moveTo(ox, oy);
				pen.quadraticCurveTo(ox + dx / 2 + bx, oy + dy / 2 + by, ox + dx, oy + dy);
				pen.stroke();
			}
		}
	}
	const pixels = canvas.data();
	return Float32Array.from({ length: N * N }, (_, i) => 1 - (pixels[i * 4] ?? 255) / 255);
}
