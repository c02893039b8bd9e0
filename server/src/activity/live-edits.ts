import * as Y from 'yjs';
import { editsOf } from '@reelroom/shared/activity/edits-of.ts';
import { findShot, readBoard, type Board } from '@reelroom/shared/project/document.ts';
import type { WatchedEdit, Watcher } from '../live/watcher.ts';
import type { Done, Note } from './activities.ts';

/** Edits of one person in one document are gathered at least this long before they are noted. */
const gatherMs = 2_000;
/** While a document goes on being written in, so long: all of that is one row by then. */
const goingOnMs = 10_000;

type Gathered = { doc: Y.Doc; place: Y.RelativePosition | null; chosen: Set<string>; edited: Set<string> };

/** Notes who wrote in which scene and who changed or chose what on the board, seen by the server where they are connected. */
export function createLiveEdits({
	note,
	waitMs = gatherMs,
}: {
	note: Note;
	waitMs?: number;
}): Watcher & { close(): void } {
	const gathered = new Map<string, Map<string, Gathered>>();
	const timers = new Map<string, NodeJS.Timeout>();
	const notedAt = new Map<string, number>();

	function flush(projectId: string): void {
		clearTimeout(timers.get(projectId));
		timers.delete(projectId);
		notedAt.set(projectId, performance.now());
		const people = gathered.get(projectId);
		gathered.delete(projectId);
		let board: Board | null = null;
		for (const [by, { doc, place, chosen, edited }] of people ?? []) {
			board ??= readBoard(doc);
			for (const done of doneOf(board, doc, { place, chosen, edited })) note({ projectId, by, ...done });
		}
	}

	return {
		edited({ projectId, doc, transaction, by, byServer, isOwn }: WatchedEdit) {
			// What a use case does is noted where it was asked for.
			if (byServer) return;
			const people = gathered.get(projectId) ?? new Map<string, Gathered>();
			gathered.set(projectId, people);
			const own = people.get(by) ?? { doc, place: null, chosen: new Set(), edited: new Set() };
			people.set(by, own);
			const { place, chosen, edited } = editsOf(doc, transaction, own.place === null ? isOwn : null);
			own.place ??= place;
			for (const id of chosen) own.chosen.add(id);
			for (const id of edited) own.edited.add(id);
			if (timers.has(projectId)) return;
			const isGoingOn = performance.now() - (notedAt.get(projectId) ?? -Infinity) < goingOnMs;
			const timer = setTimeout(() => flush(projectId), isGoingOn ? goingOnMs : waitMs);
			timer.unref();
			timers.set(projectId, timer);
		},
		// Before the document may leave the memory.
		left(projectId) {
			flush(projectId);
			notedAt.delete(projectId);
		},
		close() {
			for (const projectId of [...timers.keys()]) flush(projectId);
		},
	};
}

function doneOf(
	board: Board,
	doc: Y.Doc,
	{ place, chosen, edited }: Omit<Gathered, 'doc'>,
): Omit<Done, 'projectId' | 'by'>[] {
	const done: Omit<Done, 'projectId' | 'by'>[] = [];
	const index = place === null ? null : (Y.createAbsolutePositionFromRelativePosition(place, doc)?.index ?? null);
	if (index !== null) {
		const scene = board.scenes.findLast(({ start }) => start <= index);
		done.push({ kind: 'wrote', subject: subjectOf(scene), things: [scene?.id ?? 'script'] });
	}
	for (const [kind, ids] of [
		['chose', chosen],
		['edited', edited],
	] as const)
		for (const [sceneId, shotIds] of Map.groupBy(ids, (id) => sceneOf(board, id))) {
			const scene = board.scenes.find(({ id }) => id === sceneId);
			const [only] = shotIds;
			const shotId = shotIds.length === 1 && only !== undefined && scene !== undefined ? { shotId: only } : {};
			done.push({ kind, subject: { ...subjectOf(scene), ...shotId }, things: shotIds });
		}
	return done;
}

/** The scene of a shot; one that just left the board is still its scene's. */
const sceneOf = (board: Board, shotId: string): string | null =>
	(findShot(board, shotId) ?? board.omittedShots.find(({ id }) => id === shotId))?.sceneId ?? null;
const subjectOf = (scene: { id: string; heading: string } | undefined) =>
	scene === undefined ? {} : { sceneId: scene.id, label: scene.heading.slice(0, 200) };
