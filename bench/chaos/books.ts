import * as Y from 'yjs';
import type { Mongo } from '../../shared/node/mongo.ts';
import { readBoard, scriptOf } from '../../shared/src/project/document.ts';
import type { Edit, Writer } from './writer.ts';

/** Everything that is wrong with what came out; empty when nothing is. */
export type Faults = { lost: string[]; doubled: string[]; early: string[]; other: string[] };

const markers = /w\d+e\d+z/g;

/** How often each marker stands in a text. */
export function countMarkers(text: string): Map<string, number> {
	const counts = new Map<string, number>();
	for (const [marker] of text.matchAll(markers)) counts.set(marker, (counts.get(marker) ?? 0) + 1);
	return counts;
}

/**
 * Holds what stands in the text against what was acknowledged. An acknowledged edit stands there once, or what it was replaced by does;
 * one that was not acknowledged when its tab was closed may be missing, and is never there twice.
 */
export function checkText(text: string, edits: readonly Edit[], faults: Faults): void {
	const counts = countMarkers(text);
	for (const edit of edits) {
		const count = counts.get(edit.marker) ?? 0;
		if (count > 1) faults.doubled.push(edit.marker);
		const isReplaced = edit.replacedBy !== null && wasMade(edit.replacedBy, counts, edits);
		if (isReplaced && count > 0) faults.doubled.push(`${edit.marker} and what replaced it`);
		if (edit.acknowledgedAt !== null && count === 0 && !isReplaced) faults.lost.push(historyOf(edit, edits));
	}
}

/** An edit with what became of it, for whoever has to find out. */
function historyOf({ marker, life, replacedBy }: Edit, edits: readonly Edit[]): string {
	const next = edits.find((edit) => edit.marker === replacedBy);
	if (next === undefined) return `${marker} of tab ${life}`;
	return `${marker} of tab ${life}, replaced by ${next.acknowledgedAt === null ? 'unsaved ' : ''}${next.marker}`;
}

/** Whether an edit is in the text, itself or replaced by another. */
function wasMade(marker: string, counts: ReadonlyMap<string, number>, edits: readonly Edit[]): boolean {
	for (let next: string | null = marker; next !== null;) {
		if (counts.has(next)) return true;
		const current: string = next;
		next = edits[Number(/e(\d+)z/.exec(current)?.[1])]?.replacedBy ?? null;
	}
	return false;
}

/** The instant at which each marker came into the journal, as the database itself took it down. */
export async function journalTimes(db: Mongo['db'], projectId: string): Promise<Map<string, number>> {
	const times = new Map<string, number>();
	const inserts = db.client
		.db('local')
		.collection('oplog.rs')
		.find({ ns: { $in: [`${db.databaseName}.journalRows`, 'admin.$cmd'] } }, { promoteBuffers: true });
	for await (const { op, o, wall } of inserts) {
		const made: { o: Record<string, unknown> }[] =
			op === 'i' ? [{ o }] : op === 'c' && Array.isArray(o.applyOps) ? o.applyOps : [];
		for (const { o: row } of made) {
			if (row.projectId !== projectId || !(row.update instanceof Uint8Array)) continue;
			for (const struct of Y.decodeUpdate(row.update).structs) {
				const content = struct instanceof Y.Item ? struct.content : null;
				if (!(content instanceof Y.ContentString)) continue;
				for (const [marker] of content.str.matchAll(markers))
					times.set(marker, Math.min(times.get(marker) ?? Infinity, (wall as Date).getTime()));
			}
		}
	}
	return times;
}

/** Saved before durable, for every instant at which a writer was shown Saved. */
export function checkSaved(writer: Writer, times: ReadonlyMap<string, number>, faults: Faults): number {
	let checked = 0;
	for (const { at, from, to } of writer.savedAt) {
		for (const { marker, replacedBy } of writer.edits.slice(from, to)) {
			const journalled = times.get(marker);
			// What was replaced before it was sent never was in the journal as text.
			if (journalled === undefined && replacedBy !== null) continue;
			checked++;
			if (journalled === undefined) faults.early.push(`${marker} was never in the journal`);
			else if (journalled > at) faults.early.push(`${marker} ${journalled - at} ms`);
		}
	}
	return checked;
}

/** Which markers one text has more of than the other. */
function differenceOf(text: string, exported: string): string {
	const [ours, theirs] = [countMarkers(text), countMarkers(exported)];
	const more = (a: Map<string, number>, b: Map<string, number>) =>
		[...a].flatMap(([marker, count]) => (count > (b.get(marker) ?? 0) ? [marker] : []));
	return `more ${more(ours, theirs).join(' ')}, less ${more(theirs, ours).join(' ')}`;
}

/** Every copy of the document says the same: same text, same board, one scene for each heading. */
export function checkCopies(copies: Readonly<Record<string, Y.Doc>>, exported: string, faults: Faults): void {
	for (const [name, doc] of Object.entries(copies)) {
		const text = scriptOf(doc).toString();
		if (text !== exported)
			faults.other.push(`The text of ${name} differs from the exported one: ${differenceOf(text, exported)}`);
		const { pendingStructs } = doc.store;
		if (pendingStructs !== null) faults.other.push(`${name} waits for ${JSON.stringify([...pendingStructs.missing])}`);
		const board = readBoard(doc);
		const starts = board.scenes.map(({ start }) => start);
		if (new Set(starts).size !== starts.length) faults.other.push(`${name} has two scenes at one heading`);
	}
	const boards = new Set(Object.values(copies).map((doc) => JSON.stringify(readBoard(doc))));
	if (boards.size > 1) faults.other.push('The boards differ');
}
