import type { Board, SceneOnBoard, ShotOnBoard } from '../project/document.ts';
import { risingPairs } from '../script/text-edits.ts';

/** The fields of a shot that people change; the rest follows from its place. */
export const comparedFields = [
	'size',
	'angle',
	'move',
	'characters',
	'place',
	'interior',
	'timeOfDay',
	'action',
	'dialogue',
	'prompt',
	'durationFrames',
	'transition',
	'selectedTakeId',
	'seed',
	'style',
	'promptOverride',
	'negativePrompt',
] as const;
export type ComparedField = (typeof comparedFields)[number];

export type FieldChange = { field: ComparedField; from: unknown; to: unknown };
export type ShotChange = { id: string } & (
	| { kind: 'added'; now: ShotOnBoard }
	| { kind: 'removed'; was: ShotOnBoard }
	| { kind: 'changed'; was: ShotOnBoard; now: ShotOnBoard; moved: boolean; fields: FieldChange[] }
);
export type SceneChange = {
	id: string;
	/** `kept`: the scene itself is the same, something happened to its shots. */
	kind: 'added' | 'removed' | 'changed' | 'kept';
	was: SceneOnBoard | null;
	now: SceneOnBoard | null;
	moved: boolean;
	renamed: boolean;
	/** Those that are in this scene now, then those that left the board from it. */
	shots: ShotChange[];
};

/** What happened to a board between two states: scene by scene in the order of the later one, removed ones where they stood. */
export function boardDiff(before: Board, after: Board): SceneChange[] {
	const wasScene = byId(before.scenes);
	const nowScene = byId(after.scenes);
	const wasShot = byId(before.scenes.flatMap((scene) => scene.shots));
	const nowShot = byId(after.scenes.flatMap((scene) => scene.shots));
	const stillScenes = inOrder(before.scenes, after.scenes);

	const shotChanges = (was: SceneOnBoard | null, now: SceneOnBoard | null): ShotChange[] => {
		const still = inOrder(was?.shots ?? [], now?.shots ?? []);
		const here = (now?.shots ?? []).flatMap((shot): ShotChange[] => {
			const old = wasShot.get(shot.id);
			if (old === undefined) return [{ id: shot.id, kind: 'added', now: shot }];
			const fields = fieldChanges(old, shot);
			const moved = old.sceneId !== shot.sceneId || !still.has(shot.id);
			return fields.length === 0 && !moved
				? []
				: [{ id: shot.id, kind: 'changed', was: old, now: shot, moved, fields }];
		});
		const gone = (was?.shots ?? []).filter((shot) => !nowShot.has(shot.id));
		return [...here, ...gone.map((shot): ShotChange => ({ id: shot.id, kind: 'removed', was: shot }))];
	};

	return merged(before.scenes, after.scenes).flatMap((id): SceneChange[] => {
		const [was, now] = [wasScene.get(id) ?? null, nowScene.get(id) ?? null];
		const moved = was !== null && now !== null && !stillScenes.has(id);
		const renamed = was !== null && now !== null && was.heading !== now.heading;
		const shots = shotChanges(was, now);
		const kind = was === null ? 'added' : now === null ? 'removed' : moved || renamed ? 'changed' : 'kept';
		return kind === 'kept' && shots.length === 0 ? [] : [{ id, kind, was, now, moved, renamed, shots }];
	});
}

const byId = <T extends { id: string }>(items: readonly T[]): Map<string, T> =>
	new Map(items.map((item) => [item.id, item]));

/** The items of both lists that kept their order; the fewest others count as moved. */
function inOrder(before: readonly { id: string }[], after: readonly { id: string }[]): Set<string> {
	const places = new Map(after.map(({ id }, index) => [id, index]));
	const pairs = before.flatMap(({ id }, index): [number, number][] => {
		const place = places.get(id);
		return place === undefined ? [] : [[index, place]];
	});
	return new Set(risingPairs(pairs).flatMap(([index]) => before[index]?.id ?? []));
}

/** The ids of the later list, with those that are gone behind the one they stood behind. */
function merged(before: readonly { id: string }[], after: readonly { id: string }[]): string[] {
	const still = new Set(after.map(({ id }) => id));
	const behind = new Map<string | null, string[]>();
	let last: string | null = null;
	for (const { id } of before) {
		if (still.has(id)) last = id;
		else behind.set(last, [...(behind.get(last) ?? []), id]);
	}
	return [...(behind.get(null) ?? []), ...after.flatMap(({ id }) => [id, ...(behind.get(id) ?? [])])];
}

function fieldChanges(was: ShotOnBoard, now: ShotOnBoard): FieldChange[] {
	// What was never said is the same as what was said and taken back.
	const text = (value: unknown): string => JSON.stringify(value === undefined || value === '' ? null : value);
	return comparedFields.flatMap((field) =>
		text(was[field]) === text(now[field]) ? [] : [{ field, from: was[field], to: now[field] }],
	);
}
