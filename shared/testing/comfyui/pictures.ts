import { crc32, deflateSync } from 'node:zlib';
import { readRecording } from './recordings.ts';

function chunk(type: string, data: Uint8Array): Buffer {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const framed = Buffer.alloc(body.length + 8);
	framed.writeUInt32BE(data.length, 0);
	body.copy(framed, 4);
	framed.writeUInt32BE(crc32(body), body.length + 4);
	return framed;
}

/** A PNG whose colours follow from a number: equal numbers give equal bytes. */
export function aPng(width: number, height: number, seed: number): Buffer {
	const rows = Buffer.alloc(height * (width * 3 + 1));
	for (let y = 0; y < height; y++) {
		let at = y * (width * 3 + 1) + 1;
		for (let x = 0; x < width; x++) {
			rows[at++] = (seed * 37 + ((x * 255) / width) * 0.6) & 255;
			rows[at++] = (seed * 91 + ((y * 255) / height) * 0.6) & 255;
			rows[at++] = (seed * 53 + 90) & 255;
		}
	}
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	head.set([8, 2, 0, 0, 0], 8);
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		chunk('IHDR', head),
		chunk('IDAT', deflateSync(rows, { level: 1 })),
		chunk('IEND', new Uint8Array()),
	]);
}

/** The preview pictures that a real sampler sent, step by step; JPEG. */
export const recordedPreviews: readonly Buffer[] = readRecording('16_ksampler_plain')
	.events.filter(({ binary_bytes: size }) => size !== undefined)
	.map(({ base64 = '' }) => Buffer.from(base64, 'base64').subarray(8));

const recordedFiles = new Map<string, Buffer>();
for (const { http_response: answer } of readRecording('11_output_kinds').events) {
	const ending = /\.(\w+)"/.exec(answer?.headers['Content-Disposition'] ?? '')?.[1];
	const isWhole = answer?.base64 !== undefined && answer.status === 200;
	if (ending !== undefined && isWhole) recordedFiles.set(ending, Buffer.from(answer.base64 ?? '', 'base64'));
}
/** A file of this kind as a real server wrote it: webp, webm, mp4, mp3, latent, png. */
export const aRecordedFile = (ending: string): Buffer => recordedFiles.get(ending) ?? Buffer.from(`a ${ending} file`);

export const mediaTypes: Readonly<Record<string, string>> = {
	png: 'image/png',
	jpg: 'image/jpeg',
	webp: 'image/webp',
	gif: 'image/gif',
	webm: 'video/webm',
	mp4: 'video/mp4',
	mp3: 'audio/mpeg',
	flac: 'audio/flac',
	txt: 'text/plain',
};
