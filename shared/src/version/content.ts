import type * as Y from 'yjs';
import { readBible } from '../project/bible.ts';
import { readBoard, scriptOf } from '../project/document.ts';

// A Chinese character counts as a word, as writers there count.
const wordPattern = /[\u3400-\u9fff]|[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu;

/** How much there is in a document. */
export function tallyOf(doc: Y.Doc): { scenes: number; shots: number; words: number } {
	const { scenes } = readBoard(doc);
	return {
		scenes: scenes.length,
		shots: scenes.reduce((sum, scene) => sum + scene.shots.length, 0),
		words: scriptOf(doc).toString().match(wordPattern)?.length ?? 0,
	};
}

/** Everything of a document that people can see or change, in one order: equal texts are equal content, however it came about. */
export function canonicalContent(doc: Y.Doc): string {
	const { scenes, omittedScenes, omittedShots } = readBoard(doc);
	const { assets, omitted } = readBible(doc);
	// A document from before there were bibles is the same content as it was then.
	const bible = assets.length + omitted.length === 0 ? [] : [assets, omitted];
	return JSON.stringify([scriptOf(doc).toString(), scenes, omittedScenes, omittedShots, ...bible]);
}
