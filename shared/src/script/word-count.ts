import type { ScriptBlock, ScriptBlocks } from './script-blocks.ts';

/** How much a script or a part of it holds. */
export type Counts = { words: number; characters: number; scenes: number };

const segmented = /[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/;
const segmenter = new Intl.Segmenter('zh-CN', { granularity: 'word' });
/** What is read by an audience or a crew; remarks, sections and the title page are not part of the length. */
const counted: ReadonlySet<string> = new Set([
	...['scene-heading', 'action', 'character', 'parenthetical', 'dialogue', 'lyrics', 'transition', 'centred'],
]);

/** Words as a reader counts them; Chinese, Japanese and Thai, which set no spaces, by the rules of Unicode and its dictionaries. */
export function countWords(text: string): number {
	if (!segmented.test(text)) return text.match(/[\p{L}\p{N}]+(?:['’.-][\p{L}\p{N}]+)*/gu)?.length ?? 0;
	let words = 0;
	for (const { isWordLike } of segmenter.segment(text)) if (isWordLike === true) words++;
	return words;
}

const known = new WeakMap<ScriptBlock, Counts>();

function countsOfBlock(block: ScriptBlock): Counts {
	const counts: Counts = { words: 0, characters: 0, scenes: 0 };
	for (const { type, text } of block.elements) {
		if (!counted.has(type)) continue;
		counts.words += countWords(text);
		counts.characters += [...text.replace(/\s/g, '')].length;
		if (type === 'scene-heading') counts.scenes++;
	}
	return counts;
}

/** Counts a script; what was counted before is not counted again. */
export function countsOf({ blocks }: ScriptBlocks): Counts {
	const sum: Counts = { words: 0, characters: 0, scenes: 0 };
	for (const block of blocks) {
		let counts = known.get(block);
		if (counts === undefined) known.set(block, (counts = countsOfBlock(block)));
		sum.words += counts.words;
		sum.characters += counts.characters;
		sum.scenes += counts.scenes;
	}
	return sum;
}
