import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { limits } from '../limits.ts';
import { readBoard, replaceScript } from '../project/document.ts';
import { reconcileScenes } from '../project/reconcile.ts';
import { breakDown, charactersOf } from './break-down.ts';
import { hasTooManyLines, readPart } from './read-part.ts';

const most = limits.linesPerScript;

test('a script is read whole up to the limit of lines, and only so far when it has more', () => {
	for (const fits of ['', 'a', '\n'.repeat(most), 'a\n'.repeat(most), `${'a\n'.repeat(most - 1)}a`]) {
		expect(hasTooManyLines(fits)).toBe(false);
		expect(readPart(fits)).toBe(fits);
	}
	const flood = `${'a\n'.repeat(most)}b`;
	expect(hasTooManyLines(flood)).toBe(true);
	expect(readPart(flood)).toBe(flood.slice(0, -2));
});

test('lines behind the limit make no scenes, no names and no shots, so that a flood of them holds nobody up', () => {
	const flood = `INT. FIRST - DAY\n\nANNA\nHello.\n${'\n'.repeat(most)}INT. LATE - DAY\n\nBORIS\nAm I heard?\n`;
	const doc = new Y.Doc();
	replaceScript(doc, 'ada', flood);
	let count = 0;
	reconcileScenes(doc, () => `id-${String(++count).padStart(8, '0')}`);
	expect(readBoard(doc).scenes.map(({ heading }) => heading)).toEqual(['INT. FIRST - DAY']);
	expect(charactersOf(flood).map(({ name }) => name)).toEqual(['ANNA']);
	expect(breakDown(flood, { fps: 24 }).map(({ heading }) => heading)).toEqual(['INT. FIRST - DAY']);
});
