import { randomInt } from 'node:crypto';
import { takesInUse } from '@reelroom/shared/board/take-in-use.ts';
import type { Take } from '@reelroom/shared/board/take.ts';
import { cardsOf } from '@reelroom/shared/cut/cards.ts';
import type { Asset } from '@reelroom/shared/bible/asset.ts';
import type { Recipe } from '@reelroom/shared/bible/recipe.ts';
import { recipeOfShot, type TakesPictures } from '@reelroom/shared/bible/shot-recipe.ts';
import { readBible } from '@reelroom/shared/project/bible.ts';
import { findShot, readBoard, scriptOf, type Board, type ShotOnBoard } from '@reelroom/shared/project/document.ts';
import { frameSize, type Project } from '@reelroom/shared/project/project.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { CharacterLook, GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { charactersOf } from '@reelroom/shared/script/break-down.ts';
import type { StyleName } from '@reelroom/shared/style/style.ts';
import type { RenderRequest } from '@reelroom/shared/task/task.ts';
import type { Documents } from '../live/documents-port.ts';

/** The project as far as a task needs it. */
export type ProjectFormat = Pick<Project, 'aspectRatio' | 'fps' | 'style' | 'name'>;
export type BoardSnapshot = { board: Board; bible: readonly Asset[]; looks: CharacterLook[]; text: string };

/** Reads the board with its script at one moment. */
export const readSnapshot = (documents: Documents, projectId: string): Promise<BoardSnapshot> =>
	documents.read(projectId, (doc) => {
		const text = scriptOf(doc).toString();
		return { board: readBoard(doc), bible: readBible(doc).assets, looks: charactersOf(text), text };
	});

/** Every shot that has neither a take nor a task, in the order of the board. */
export const openShots = (board: Board, covered: ReadonlySet<string>): ShotOnBoard[] =>
	board.scenes.flatMap((scene) => scene.shots).filter((shot) => !covered.has(shot.id));

/** The shots a request means: those named, each of which must be on the board; else every shot without a take or a task. */
export function chooseShots(
	board: Board,
	shotIds: readonly string[] | undefined,
	covered: ReadonlySet<string>,
): ShotOnBoard[] {
	if (shotIds === undefined) {
		const open = openShots(board, covered);
		if (open.length === 0) throw new Problem('nothing-to-generate');
		return open;
	}
	return [...new Set(shotIds)].map((id) => {
		const shot = findShot(board, id);
		if (shot === null) throw new Problem('not-found', `There is no shot ${id} on the board`);
		return shot;
	});
}

const largestSeed = Number.MAX_SAFE_INTEGER;
/** Seeds of one shot follow each other; behind the largest comes 0. */
const seedAfter = (seed: number, steps: number): number =>
	steps <= largestSeed - seed ? seed + steps : steps - (largestSeed - seed) - 1;

/** What a provider is asked for one picture of a shot, and the folded recipe it comes from. A seed comes from the request, the shot or the bible, else by chance. */
export function pictureRequest(
	shot: ShotOnBoard,
	snapshot: BoardSnapshot,
	project: ProjectFormat,
	wish: {
		style?: StyleName | undefined;
		seed?: number | undefined;
		width?: number | undefined;
		height?: number | undefined;
		kind?: GenerationRequest['kind'];
		negativePrompt?: string | undefined;
	} & TakesPictures,
	number: number,
): { drawn: GenerationRequest; recipe: Recipe } {
	const { references, guided, kind, style, seed, width, height, negativePrompt } = wish;
	const asked = { kind, style, seed, width, height, negativePrompt };
	const recipe = recipeOfShot(shot, { ...snapshot, project }, asked, { references, guided });
	const drawn: GenerationRequest = {
		kind: recipe.kind,
		label: shot.label.slice(0, 20),
		shot: recipe.content,
		looks: recipe.looks,
		style: recipe.style,
		seed: seedAfter(recipe.seed.value ?? randomInt(2 ** 48 - 1), number),
		widthPx: recipe.widthPx,
		heightPx: recipe.heightPx,
		prompt: recipe.prompt,
		negativePrompt: recipe.negativePrompt,
		...(recipe.references.length === 0 ? {} : { references: recipe.references }),
	};
	return { drawn, recipe };
}

/** The picture or clip of a shot, as a film names it. */
const takeOf = (take: Take | undefined): Pick<RenderRequest['shots'][number], 'takeSha256' | 'takeMediaType'> =>
	take === undefined
		? { takeSha256: null }
		: { takeSha256: take.sha256, ...(take.kind === 'video' ? { takeMediaType: take.mediaType } : {}) };

/** What the worker is asked for the film of a board as it stands. */
export function renderRequest(
	snapshot: BoardSnapshot,
	project: ProjectFormat,
	takes: readonly Take[],
	wish: {
		subtitles: RenderRequest['subtitles'];
		quality: RenderRequest['quality'];
		width?: number | undefined;
		height?: number | undefined;
		titleCard: boolean;
		endCard: boolean;
	},
): RenderRequest {
	const inUse = takesInUse(
		snapshot.board.scenes.flatMap((scene) => scene.shots),
		takes.filter(({ kind }) => kind !== 'audio'),
	);
	const shots = snapshot.board.scenes.flatMap((scene) =>
		scene.shots.map((shot) => ({
			id: shot.id,
			sceneId: scene.id,
			label: shot.label,
			heading: scene.heading,
			durationFrames: shot.durationFrames,
			transition: shot.transition,
			move: shot.move,
			action: shot.action,
			dialogue: shot.dialogue,
			...takeOf(inUse.get(shot.id)),
		})),
	);
	if (shots.length === 0) throw new Problem('nothing-to-render');
	if (shots.length > limits.shotsPerBoard)
		throw new Problem(
			'too-large',
			`A film may have up to ${limits.shotsPerBoard} shots; this board has ${shots.length}`,
		);
	const size = frameSize(project.aspectRatio, wish.quality === 'draft' ? 360 : 720);
	const even = (pixels: number) => Math.max(64, Math.floor(pixels / 2) * 2);
	const cards = cardsOf(snapshot.text, project.name);
	return {
		widthPx: even(wish.width ?? size.widthPx),
		heightPx: even(wish.height ?? size.heightPx),
		fps: project.fps,
		subtitles: wish.subtitles,
		quality: wish.quality,
		style: project.style,
		title: wish.titleCard ? cards.title : null,
		endCard: wish.endCard ? cards.endCard : null,
		shots,
	};
}
