import { createCanvas, loadImage, type Image } from '@napi-rs/canvas';
import type { CameraMove } from '@reelroom/shared/board/shot.ts';
import { ease, moveKeyframes, type Window } from '@reelroom/shared/cut/timeline.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import type { Camera, ClipOfStills, MakeClip, ProviderContext, ProviderMedia } from '../provider.ts';

type Stills = ClipOfStills['stills'];

const whole: Window = { zoom: 1, x: 0.5, y: 0.5 };
const nearer: Window = { zoom: 1.05, x: 0.5, y: 0.5 };
/** A camera that stands still breathes a little: a clip in which nothing at all moves would be a picture. */
const breath: Camera = { from: whole, to: nearer };

/** Where the camera of a clip goes, by the shot's move. */
export const cameraOf = (move: CameraMove): Camera => (move === 'static' ? breath : moveKeyframes(move));
/** Two frames of which the first goes over into the last; the clip begins and ends with all of them in view. */
export const throughCameras = (first: Uint8Array, last: Uint8Array): Stills => [
	{ bytes: first, camera: { from: whole, to: nearer } },
	{ bytes: last, camera: { from: nearer, to: whole } },
];

const even = (pixels: number): number => Math.max(64, pixels - (pixels % 2));
/** The size of a request's clip: even, as H.264 has it. */
export const clipSize = ({ widthPx, heightPx }: Pick<GenerationRequest, 'widthPx' | 'heightPx'>) => ({
	widthPx: even(widthPx),
	heightPx: even(heightPx),
});

const previewWidthPx = 320;
/** A frame of the clip as it will be, for whoever watches: what the camera sees after this share of the time. */
async function previewOf(images: readonly Image[], stills: Stills, share: number, size: ReturnType<typeof clipSize>) {
	const canvas = createCanvas(
		previewWidthPx,
		Math.min(limits.previewSidePx, Math.max(1, Math.round((previewWidthPx * size.heightPx) / size.widthPx))),
	);
	const pen = canvas.getContext('2d');
	images.forEach((image, index) => {
		const { from, to } = stills[index]?.camera ?? breath;
		// The second one comes in over the middle half.
		pen.globalAlpha = index === 0 ? 1 : Math.min(1, Math.max(0, share * 2 - 0.5));
		const of = (a: number, b: number) => a + (b - a) * ease(share);
		const zoom = of(from.zoom, to.zoom);
		const scale = Math.max(canvas.width / image.width, canvas.height / image.height) * zoom;
		const [width, height] = [image.width * scale, image.height * scale];
		const left = canvas.width * zoom * of(from.x, to.x) - canvas.width / 2 + (width - canvas.width * zoom) / 2;
		const top = canvas.height * zoom * of(from.y, to.y) - canvas.height / 2 + (height - canvas.height * zoom) / 2;
		pen.drawImage(image, -left, -top, width, height);
	});
	return canvas.encode('webp', 60);
}

const load = async (bytes: Uint8Array): Promise<Image> => {
	try {
		return await loadImage(Buffer.from(bytes));
	} catch (error) {
		throw new Problem('provider-refused', 'A reference is no picture', { cause: error });
	}
};

/** Makes the clip of a request from its stills and tells how far it is, from step `done` on; a clip is worth three times a drawing. */
export async function animate(
	request: GenerationRequest,
	stills: Stills,
	done: number,
	{ signal, onProgress, makeClip }: Pick<ProviderContext, 'signal' | 'onProgress'> & { makeClip: MakeClip },
): Promise<ProviderMedia> {
	const size = clipSize(request);
	const durationFrames = request.durationFrames ?? Math.min(limits.clipFrames, request.shot.durationFrames);
	const images = await Promise.all(stills.map(({ bytes }) => load(bytes)));
	const steps = 15;
	const tell = async (frames: number): Promise<void> => {
		const share = Math.min(1, frames / durationFrames);
		const preview = await previewOf(images, stills, share, size);
		await onProgress({ stage: 'animate', value: done + steps * share, max: done + steps, preview });
	};
	await tell(0);
	signal.throwIfAborted();
	const clip = { stills, ...size, durationFrames, fps: Math.round(request.fps ?? 24) };
	const bytes = await makeClip(clip, { signal, onFrames: tell });
	signal.throwIfAborted();
	return { bytes, mediaType: 'video/mp4', ...size };
}
