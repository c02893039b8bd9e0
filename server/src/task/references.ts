import { takesInUse } from '@reelroom/shared/board/take-in-use.ts';
import type { InputOf } from '@reelroom/shared/http/endpoint.ts';
import { limits } from '@reelroom/shared/limits.ts';
import type { TakeRecord } from '@reelroom/shared/node/stores/take-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Board, ShotOnBoard } from '@reelroom/shared/project/document.ts';
import {
	mediaOf,
	neededReferences,
	pictureSidePx,
	type GenerationKind,
	type GenerationRequest,
	type Reference,
} from '@reelroom/shared/provider/provider.ts';
import type { taskApi } from '@reelroom/shared/task/api.ts';
import type { ProjectFormat } from './task-requests.ts';

/** A picture that is named in a request for shots. */
export type GivenReference = { role: Reference['role']; takeId: string };
type Picture = Pick<TakeRecord, '_id' | 'shotId' | 'number' | 'kind' | 'sha256' | 'widthPx' | 'heightPx'>;
export type Referenced = {
	references: Reference[];
	first: Picture | null;
	/** The takes that they are. */ takeIds: string[];
};

/**
 * Makes the function that finds the pictures of a shot's request: those that were named, else the shot's picture in use to begin with, and that of the
 * next shot to end with. It answers null where one is missing. A take of another project is not found, a clip is no picture.
 */
export function createReferences(
	kind: GenerationKind,
	board: Board,
	takes: readonly Picture[],
	given: readonly GivenReference[],
) {
	const shots = board.scenes.flatMap((scene) => scene.shots);
	const inUse = takesInUse(
		shots,
		takes.filter((take) => take.kind === 'image').map((take) => ({ ...take, id: take._id })),
	);
	const named = given.map(({ role, takeId }, index) => {
		const take = takes.find(({ _id }) => _id === takeId);
		if (take === undefined) throw new Problem('not-found', `This project has no take ${takeId}`);
		const detail = 'A reference must be a picture';
		if (take.kind !== 'image')
			throw new Problem('invalid-input', detail, { errors: [{ pointer: `#/references/${index}/takeId`, detail }] });
		return { role, take };
	});
	const pictureFor = (role: Reference['role'], shot: ShotOnBoard): Picture | undefined => {
		if (role === 'reference') return inUse.get(shot.id);
		const next = shots[shots.findIndex(({ id }) => id === shot.id) + 1];
		return role === 'last' && next !== undefined ? inUse.get(next.id) : undefined;
	};
	return (shot: ShotOnBoard): Referenced | null => {
		const found = [...named];
		for (const role of neededReferences[kind]) {
			if (found.some((each) => each.role === role)) continue;
			const take = pictureFor(role, shot);
			if (take === undefined) return null;
			found.push({ role, take });
		}
		return {
			references: found.map(({ role, take }) => ({ role, sha256: take.sha256 })),
			first: found.find(({ role }) => role === 'reference')?.take ?? null,
			takeIds: found.map(({ take }) => take._id),
		};
	};
}

/** The size of a picture that is made twice as large, as far as a picture may go. */
function twiceAsLarge({ widthPx, heightPx }: Pick<Picture, 'widthPx' | 'heightPx'>) {
	const by = Math.min(2, pictureSidePx.max / widthPx, pictureSidePx.max / heightPx);
	const side = (pixels: number) => Math.max(pictureSidePx.min, Math.round((pixels * by) / 2) * 2);
	return { widthPx: side(widthPx), heightPx: side(heightPx) };
}

type Wish = Pick<
	InputOf<typeof taskApi.generate>['body'],
	| 'kind'
	| 'shotIds'
	| 'provider'
	| 'width'
	| 'height'
	| 'strength'
	| 'steps'
	| 'guidance'
	| 'parameters'
	| 'durationFrames'
	| 'fps'
>;

/** The shots that a whole board's request leaves alone: those that have what is asked for, and those that lack a picture to make it from. */
export function coveredBy(
	{ kind, shotIds }: Wish,
	board: Board,
	takes: readonly Picture[],
	referencesOf: (shot: ShotOnBoard) => Referenced | null,
): string[] {
	if (shotIds !== undefined) return [];
	const detail = 'Name the shots';
	if (mediaOf(kind) === 'image' && neededReferences[kind].length > 0)
		throw new Problem('invalid-input', detail, { errors: [{ pointer: '#/shotIds', detail }] });
	const having = takes.filter((take) => kind === 'text-to-image' || take.kind === 'video').map(({ shotId }) => shotId);
	const shots = board.scenes.flatMap((scene) => scene.shots);
	return [...having, ...shots.filter((shot) => referencesOf(shot) === null).map(({ id }) => id)];
}

/** What a request has beyond the words of its shot: what it is made from, how far it may go, and of a clip its length. */
export function askedBeside(
	shot: Pick<ShotOnBoard, 'durationFrames'>,
	project: Pick<ProjectFormat, 'fps'>,
	wish: Wish,
	referenced: Referenced | null,
	/** How far its style lets a picture go, where nobody says. */
	styleStrength: number,
): Partial<GenerationRequest> & Pick<GenerationRequest, 'kind'> {
	const { kind, steps, guidance, parameters } = wish;
	const strength = wish.strength ?? (kind === 'image-to-image' ? styleStrength : undefined);
	const { references = [], first = null } = referenced ?? {};
	const fps = wish.fps ?? project.fps;
	const ofShot = Math.max(1, Math.round((shot.durationFrames * fps) / project.fps));
	const isSized = wish.width !== undefined || wish.height !== undefined;
	return {
		kind,
		...(references.length === 0 ? {} : { references }),
		...(kind === 'upscale' && first !== null && !isSized ? twiceAsLarge(first) : {}),
		...(mediaOf(kind) === 'image'
			? {}
			: { durationFrames: wish.durationFrames ?? Math.min(limits.clipFrames, ofShot), fps }),
		// What the built-in provider has no use for would make another recipe of the same picture.
		...(wish.provider === 'sketch'
			? {}
			: {
					...(strength === undefined ? {} : { strength }),
					...(steps === undefined ? {} : { steps }),
					...(guidance === undefined ? {} : { guidance }),
					...(parameters === undefined ? {} : { parameters }),
				}),
	};
}
