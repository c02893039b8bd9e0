import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { formatAss, formatSrt } from '@reelroom/shared/cut/subtitles.ts';
import { buildTimeline, type Timeline, type TimelineClip } from '@reelroom/shared/cut/timeline.ts';
import { CameraMove } from '@reelroom/shared/board/shot.ts';
import type { RenderRequest } from '@reelroom/shared/task/task.ts';
import { drawCard, filmFont, type Card } from './card.ts';
import { filmArguments } from './ffmpeg-args.ts';
import { runFfmpeg } from './ffmpeg.ts';

export type RenderedFilm = {
	path: string;
	sizeBytes: number;
	widthPx: number;
	heightPx: number;
	fps: number;
	durationFrames: number;
};

export type RenderContext = {
	/** Path on disk of a media file. */
	pathOf: (sha256: string) => string;
	/** Folder for this render's own files; what is left in it is the film. */
	workDir: string;
	ffmpegPath: () => Promise<string>;
	signal: AbortSignal;
	onProgress: (progress: { stage: string; value: number; max: number }) => Promise<void>;
};

/** The timeline of a render: the very one that the animatic plays. */
export const timelineOf = (request: RenderRequest): Timeline =>
	buildTimeline({
		shots: request.shots.map((shot) => ({
			id: shot.id,
			sceneId: shot.sceneId,
			durationFrames: shot.durationFrames,
			transition: shot.transition,
			move: CameraMove.parse(shot.move),
			dialogue: shot.dialogue.map(({ character, text }) => ({ character, text })),
		})),
		fps: request.fps,
		...(request.title === null ? {} : { title: request.title }),
		endCard: request.endCard,
	});

/** Renders the film into `workDir`. Pictures are checked and brought to size first, then ffmpeg does the rest in one run; an abort kills it. */
export async function renderFilm(request: RenderRequest, context: RenderContext): Promise<RenderedFilm> {
	const timeline = timelineOf(request);
	const folder = await mkdtemp(join(context.workDir, 'render-'));
	try {
		const pictures = await preparePictures(request, timeline, folder, context);
		const output = join(context.workDir, 'film.mp4');
		const subtitles = await writeSubtitles(request, timeline, folder);
		const job = filmArguments({
			timeline,
			pictures,
			widthPx: request.widthPx,
			heightPx: request.heightPx,
			quality: request.quality,
			subtitles,
			output,
		});
		const telling = tellLatest(context, timeline.totalFrames);
		await runFfmpeg(await context.ffmpegPath(), job, { folder, signal: context.signal, onFrames: telling.tell });
		await telling.done();
		return {
			path: output,
			sizeBytes: (await stat(output)).size,
			widthPx: request.widthPx,
			heightPx: request.heightPx,
			fps: request.fps,
			durationFrames: timeline.totalFrames,
		};
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** Tells ffmpeg's progress one at a time: while one is being written, only the latest of the others is kept. A failed telling fails the render. */
function tellLatest(context: RenderContext, totalFrames: number) {
	const prepared = preparingWorth(totalFrames);
	const max = prepared + totalFrames;
	let pending: Promise<void> = Promise.resolve();
	let latest = 0;
	let busy = false;
	let failure: unknown;
	const flush = async (): Promise<void> => {
		let told = -1;
		while (told !== latest) {
			told = latest;
			await context.onProgress({ stage: 'encode', value: Math.min(prepared + told, max), max });
		}
	};
	return {
		tell: (frames: number) => {
			latest = Math.max(latest, frames);
			if (busy || failure !== undefined) return;
			busy = true;
			pending = flush().then(
				() => void (busy = false),
				(error: unknown) => {
					failure = error;
					busy = false;
				},
			);
		},
		done: async () => {
			await pending;
			if (failure !== undefined) throw failure;
		},
	};
}

/** What preparing the pictures is worth beside encoding the frames, so that one measure of progress runs through both and never turns back. */
const preparingWorth = (totalFrames: number): number => Math.ceil(totalFrames / 16);

async function preparePictures(
	request: RenderRequest,
	timeline: Timeline,
	folder: string,
	context: RenderContext,
): Promise<string[]> {
	const paths: string[] = [];
	const worth = preparingWorth(timeline.totalFrames);
	for (const [index, clip] of timeline.clips.entries()) {
		context.signal.throwIfAborted();
		const path = join(folder, `${index}.png`);
		await writeFile(path, await pictureOf(clip, request, context));
		paths.push(path);
		await context.onProgress({
			stage: 'pictures',
			value: (worth * (index + 1)) / timeline.clips.length,
			max: worth + timeline.totalFrames,
		});
	}
	return paths;
}

/** The still of a clip at the film's size: its take, else a card with its words. */
async function pictureOf(clip: TimelineClip, request: RenderRequest, context: RenderContext): Promise<Uint8Array> {
	const { widthPx, heightPx } = request;
	const shot = request.shots.find(({ id }) => id === clip.shotId);
	if (shot?.takeSha256) {
		const bytes = await readFile(context.pathOf(shot.takeSha256));
		return sharp(bytes, { limitInputPixels: 50e6, failOn: 'warning' })
			.resize(widthPx, heightPx, { fit: 'cover' })
			.removeAlpha()
			.png({ compressionLevel: 1 })
			.toBuffer();
	}
	return drawCard(cardOf(clip, request, shot), widthPx, heightPx);
}

function cardOf(clip: TimelineClip, request: RenderRequest, shot: RenderRequest['shots'][number] | undefined): Card {
	if (clip.kind === 'title')
		return {
			title: request.title?.title ?? '',
			lines: [request.title?.credit ?? '', request.title?.author ?? ''].filter((line) => line !== ''),
		};
	if (clip.kind === 'end') return { title: request.endCard ?? '', lines: [] };
	return { title: shot?.label ?? '', lines: [shot?.heading ?? '', shot?.action ?? ''].filter((line) => line !== '') };
}

async function writeSubtitles(request: RenderRequest, timeline: Timeline, folder: string) {
	if (request.subtitles === 'none' || timeline.subtitles.length === 0) return null;
	const burned = request.subtitles === 'burned';
	const file = join(folder, burned ? 'subtitles.ass' : 'subtitles.srt');
	const text = burned
		? formatAss(timeline, { widthPx: request.widthPx, heightPx: request.heightPx, fontName: filmFont.family })
		: formatSrt(timeline);
	await writeFile(file, text);
	return { mode: request.subtitles, file, fontFolder: filmFont.folder };
}
