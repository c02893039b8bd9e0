import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatAss, formatSrt } from '@reelroom/shared/cut/subtitles.ts';
import { buildTimeline, type Timeline, type TimelineClip } from '@reelroom/shared/cut/timeline.ts';
import { CameraMove } from '@reelroom/shared/board/shot.ts';
import type { RenderRequest } from '@reelroom/shared/task/task.ts';
import { drawCard, filmFont, type Card } from './card.ts';
import { concatList, joinArguments, segmentArguments, type Source } from './ffmpeg-args.ts';
import { runFfmpeg } from './ffmpeg.ts';
import { frameOf } from './frame-of.ts';
import { segmentsOf, type Segment } from './segments.ts';
import { tellLatest } from './tell-latest.ts';

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
	/** How many clips one run of ffmpeg is given, where it is not the usual number. */
	clipsPerSegment?: number;
	onProgress: (progress: { stage: string; value: number; max: number }) => Promise<void>;
};

type ClipType = 'video/mp4' | 'video/webm';
type RenderShot = RenderRequest['shots'][number];
const isClip = ({ takeMediaType = '' }: RenderShot): boolean => takeMediaType.startsWith('video/');

/** The timeline of a render: the very one that the animatic plays. */
export const timelineOf = (request: RenderRequest): Timeline =>
	buildTimeline({
		shots: request.shots.map((shot) => ({
			id: shot.id,
			sceneId: shot.sceneId,
			durationFrames: shot.durationFrames,
			transition: shot.transition,
			// A clip has its own camera.
			move: isClip(shot) ? 'static' : CameraMove.parse(shot.move),
			dialogue: shot.dialogue.map(({ character, text }) => ({ character, text })),
		})),
		fps: request.fps,
		...(request.title === null ? {} : { title: request.title }),
		endCard: request.endCard,
	});

/**
 * Renders the film into `workDir`, segment by segment, so that a film of any length takes no more files, threads and memory than one segment: its
 * pictures are checked and brought to size, encoded and removed. Then the segments are joined as they are. An abort kills ffmpeg.
 */
export async function renderFilm(request: RenderRequest, context: RenderContext): Promise<RenderedFilm> {
	const timeline = timelineOf(request);
	const folder = await mkdtemp(join(context.workDir, 'render-'));
	try {
		const { widthPx, heightPx, fps, quality } = request;
		const { signal } = context;
		const output = join(context.workDir, 'film.mp4');
		const subtitles = await writeSubtitles(request, timeline, folder);
		const ffmpegPath = await context.ffmpegPath();
		const measure = measureOf(timeline);
		const encoded: { name: string; totalFrames: number }[] = [];
		let clips = 0;
		for (const [index, segment] of segmentsOf(timeline, context.clipsPerSegment).entries()) {
			const name = `segment-${index}.mp4`;
			const sources = await prepareSources(request, segment, folder, context, (done) =>
				context.onProgress({ stage: 'pictures', ...measure(clips + done, segment.startFrame) }),
			);
			context.signal.throwIfAborted();
			clips += segment.pieces.length;
			const job = segmentArguments({
				segment,
				fps,
				sources,
				widthPx,
				heightPx,
				quality,
				burned: subtitles?.mode === 'burned' ? subtitles : null,
				output: join(folder, name),
			});
			const telling = tellLatest((frames) =>
				context.onProgress({ stage: 'encode', ...measure(clips, segment.startFrame + frames) }),
			);
			await runFfmpeg(ffmpegPath, job, { signal, onFrames: telling.tell });
			telling.tell(segment.totalFrames);
			await telling.done();
			for (const { path, mediaType } of sources) if (mediaType === 'image/png') await rm(path);
			encoded.push({ name, totalFrames: segment.totalFrames });
		}
		const list = join(folder, 'segments.txt');
		await writeFile(list, concatList(encoded, fps));
		const soft = subtitles?.mode === 'soft' ? subtitles : null;
		const joining = joinArguments({ list, fps, totalFrames: timeline.totalFrames, soft, output });
		await runFfmpeg(ffmpegPath, joining, { signal, onFrames: () => {} });
		return {
			path: output,
			sizeBytes: (await stat(output)).size,
			widthPx,
			heightPx,
			fps,
			durationFrames: timeline.totalFrames,
		};
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** One measure of progress through pictures and frames, that never turns back: preparing all pictures is worth a sixteenth of the frames. */
function measureOf({ clips, totalFrames }: Timeline) {
	const worth = Math.ceil(totalFrames / 16);
	const max = worth + totalFrames;
	// A clip that a border runs through is prepared twice.
	return (clipsDone: number, framesDone: number) => ({
		value: Math.min((worth * Math.min(clipsDone, clips.length)) / clips.length + framesDone, max),
		max,
	});
}

async function prepareSources(
	request: RenderRequest,
	{ pieces }: Segment,
	folder: string,
	context: Pick<RenderContext, 'signal' | 'pathOf'>,
	onDone: (count: number) => Promise<void>,
): Promise<Source[]> {
	const sources: Source[] = [];
	for (const { clip } of pieces) {
		context.signal.throwIfAborted();
		const taken = clipOf(clip, request);
		if (taken === null) {
			const path = join(folder, `${sources.length}.png`);
			await writeFile(path, await pictureOf(clip, request, context));
			sources.push({ path, mediaType: 'image/png' });
		} else sources.push({ path: context.pathOf(taken.sha256), mediaType: taken.mediaType });
		await onDone(sources.length);
	}
	return sources;
}

/** The clip that a shot's take is; null where it is a still or there is none. */
function clipOf({ shotId }: TimelineClip, request: RenderRequest): { sha256: string; mediaType: ClipType } | null {
	const { takeSha256: sha256 = null, takeMediaType: mediaType } = request.shots.find(({ id }) => id === shotId) ?? {};
	return sha256 !== null && (mediaType === 'video/mp4' || mediaType === 'video/webm') ? { sha256, mediaType } : null;
}

/** The still of a clip at the film's size: its take, else a card with its words. */
async function pictureOf(
	clip: TimelineClip,
	request: RenderRequest,
	context: Pick<RenderContext, 'pathOf'>,
): Promise<Uint8Array> {
	const { widthPx, heightPx } = request;
	const shot = request.shots.find(({ id }) => id === clip.shotId);
	if (shot?.takeSha256) return frameOf(await readFile(context.pathOf(shot.takeSha256)), widthPx, heightPx);
	return drawCard(cardOf(clip, request, shot), widthPx, heightPx);
}

function cardOf(clip: TimelineClip, request: RenderRequest, shot: RenderShot | undefined): Card {
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
