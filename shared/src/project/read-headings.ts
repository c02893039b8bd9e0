import type * as Y from 'yjs';
import { readPart } from '../script/read-part.ts';
import { headingsOf, type Heading } from '../script/scenes.ts';
import { readBlocks, rereadBlocks, type ScriptBlocks } from '../script/script-blocks.ts';
import { scriptOf } from './document.ts';

const stepLength = 1024;

/** How many letters two texts have in common from their beginning. */
function alikeFrom(one: string, other: string): number {
	const most = Math.min(one.length, other.length);
	let at = 0;
	while (at < most && one.slice(at, at + stepLength) === other.slice(at, at + stepLength)) at += stepLength;
	at = Math.min(at, most);
	while (at < most && one.charCodeAt(at) === other.charCodeAt(at)) at++;
	return at;
}

/** How many letters two texts have in common before their end, at most so many. */
function alikeTo(one: string, other: string, most: number): number {
	const [oneEnd, otherEnd] = [one.length, other.length];
	let count = 0;
	for (let next = stepLength; next <= most; next += stepLength) {
		if (one.slice(oneEnd - next, oneEnd - count) !== other.slice(otherEnd - next, otherEnd - count)) break;
		count = next;
	}
	while (count < most && one.charCodeAt(oneEnd - count - 1) === other.charCodeAt(otherEnd - count - 1)) count++;
	return count;
}

/** What of a text is another one, as one stretch. */
export function changeBetween(before: string, after: string): { from: number; to: number; inserted: number } {
	const from = alikeFrom(before, after);
	const behind = alikeTo(before, after, Math.min(before.length, after.length) - from);
	return { from, to: before.length - behind, inserted: after.length - behind - from };
}

/** The script of a document as it was last read; gone with the document. */
const lastRead = new WeakMap<Y.Doc, { text: string; script: ScriptBlocks }>();

/** The headings of a document's script; of a script that was read before, only what stands around the change is read again. */
export function readHeadings(doc: Y.Doc): Heading[] {
	const text = readPart(scriptOf(doc).toString());
	const before = lastRead.get(doc);
	const script =
		before === undefined ? readBlocks(text) : rereadBlocks(before.script, changeBetween(before.text, text), text);
	lastRead.set(doc, { text, script });
	return headingsOf(script);
}
