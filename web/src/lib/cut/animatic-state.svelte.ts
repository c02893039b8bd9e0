import type { FilmCards } from '@reelroom/shared/cut/cards.ts';
import { buildTimeline, clipsAt, type Timeline } from '@reelroom/shared/cut/timeline.ts';
import { takesInUse } from '@reelroom/shared/board/take-in-use.ts';
import type { Take } from '@reelroom/shared/board/take.ts';
import type { Board, SceneOnBoard, ShotOnBoard } from '@reelroom/shared/project/document.ts';

export const speeds = [0.25, 0.5, 1, 1.5, 2, 4] as const;

type Source = { board: () => Board; takes: () => Take[]; fps: () => number; cards: () => FilmCards };

/** The animatic: which frame of the present board is shown, and the clock that moves it. */
export class Animatic {
	frame = $state(0);
	playing = $state(false);
	speed = $state<number>(1);
	/** -1 while J plays backwards. */
	direction = $state<1 | -1>(1);
	readonly shots: ShotOnBoard[];
	readonly scenes: SceneOnBoard[];
	readonly timeline: Timeline;
	readonly picture: Map<string, Take>;
	readonly #source: Source;
	#request = 0;

	constructor(source: Source) {
		this.#source = source;
		this.scenes = $derived(this.#source.board().scenes);
		this.shots = $derived(this.scenes.flatMap((scene) => scene.shots));
		this.picture = $derived(
			takesInUse(
				this.shots,
				this.#source.takes().filter(({ kind }) => kind !== 'audio'),
			),
		);
		this.timeline = $derived(
			buildTimeline({
				// A clip has its own camera, here as in the film.
				shots: this.shots.map((shot) =>
					this.picture.get(shot.id)?.kind === 'video' ? { ...shot, move: 'static' as const } : shot,
				),
				fps: this.#source.fps(),
				...this.#source.cards(),
			}),
		);
	}

	get cards(): FilmCards {
		return this.#source.cards();
	}
	get last(): number {
		return Math.max(0, this.timeline.totalFrames - 1);
	}
	/** A place that still exists, when the board shrank under the playhead. */
	get at(): number {
		return Math.min(Math.floor(this.frame), this.last);
	}
	/** Standing at the start: the film itself is black there, so its poster is shown. */
	get resting(): boolean {
		return !this.playing && this.at === 0;
	}
	/** The first frame that shows a picture in full. */
	get poster(): number {
		const { clips } = this.timeline;
		const clip =
			clips.find(({ shotId }) => shotId !== null && this.picture.has(shotId)) ??
			clips.find(({ kind }) => kind === 'shot');
		return clip === undefined ? 0 : clip.startFrame + clip.transitionIn.frames;
	}
	get visible() {
		return clipsAt(this.timeline, this.resting ? this.poster : this.at);
	}
	get subtitle() {
		if (this.resting) return null;
		return this.timeline.subtitles.find((words) => words.startFrame <= this.at && this.at < words.endFrame) ?? null;
	}
	get chapter(): number {
		return this.timeline.chapters.findLastIndex((chapter) => chapter.startFrame <= this.at);
	}

	seek(frame: number): void {
		this.frame = Math.min(Math.max(0, Math.round(frame)), this.last);
		if (this.playing) this.#run();
	}
	step(frames: number): void {
		this.pause();
		this.seek(this.at + frames);
	}
	/** Plays on, or again from the start when it stands at the end. */
	play(direction: 1 | -1 = 1): void {
		if (this.timeline.totalFrames === 0) return;
		this.direction = direction;
		if (direction === 1 && this.at >= this.last) this.frame = 0;
		this.playing = true;
		this.#run();
	}
	pause(): void {
		this.playing = false;
		cancelAnimationFrame(this.#request);
	}
	toggle(): void {
		if (this.playing) this.pause();
		else this.play();
	}
	setSpeed(speed: number): void {
		this.speed = speed;
		if (this.playing) this.#run();
	}
	/** J and L: the first press plays that way, each further press plays faster. */
	shuttle(direction: 1 | -1): void {
		const faster = this.playing && this.direction === direction;
		this.speed = faster ? Math.min(4, this.speed * 2) : 1;
		this.play(direction);
	}

	/** The frame follows the clock, not the number of ticks: a slow screen skips frames and stays in time. */
	#run(): void {
		cancelAnimationFrame(this.#request);
		const startedAt = performance.now();
		const from = this.frame;
		const tick = (): void => {
			if (!this.playing) return;
			const frame = from + ((performance.now() - startedAt) / 1000) * this.timeline.fps * this.speed * this.direction;
			const ended = this.direction === 1 ? frame >= this.timeline.totalFrames : frame <= 0;
			this.frame = Math.min(Math.max(0, frame), this.last);
			if (ended) this.pause();
			else this.#request = requestAnimationFrame(tick);
		};
		this.#request = requestAnimationFrame(tick);
	}
}
