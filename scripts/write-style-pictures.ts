// Draws the small picture of each style by the sketch provider: node scripts/launch.mjs style-pictures
import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import sharp from 'sharp';
import { styleNames } from '../shared/src/style/style.ts';
import type { GenerationRequest } from '../shared/src/provider/provider.ts';
import { noFiles } from '../worker/src/provider/provider.ts';
import { createSketchProvider } from '../worker/src/provider/sketch/sketch.ts';

const folder = resolve(import.meta.dirname, '../web/src/lib/style/thumbnails');
const request: Omit<GenerationRequest, 'style'> = {
	kind: 'text-to-image',
	label: '1A',
	shot: {
		size: 'MS',
		angle: 'eye',
		move: 'static',
		characters: ['GIRL'],
		place: 'HILLSIDE VILLAGE',
		interior: false,
		timeOfDay: 'morning',
		action: 'A GIRL in a red coat runs past the houses.',
		dialogue: [],
		prompt: '',
		durationFrames: 48,
		transition: 'cut',
	},
	looks: [{ name: 'GIRL', description: 'girl of eight, red coat, brown hair' }],
	seed: 11,
	widthPx: 960,
	heightPx: 540,
};
const provider = createSketchProvider();
await mkdir(folder, { recursive: true });
for (const style of styleNames) {
	const context = { signal: new AbortController().signal, onProgress: async () => undefined, readFile: noFiles };
	// Neon wants a night in a city.
	const shot = style === 'neon' ? { ...request.shot, place: 'CITY STREET', timeOfDay: 'night' as const } : request.shot;
	const { bytes } = await provider.make({ ...request, shot, style }, context);
	await writeFile(
		resolve(folder, `${style}.webp`),
		await sharp(bytes).resize(320, 180).webp({ quality: 80 }).toBuffer(),
	);
}
console.log(`${styleNames.length} pictures are drawn.`);
