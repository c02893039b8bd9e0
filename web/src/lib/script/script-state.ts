import { StateField, type EditorState, type Text } from '@codemirror/state';
import type { FountainElement } from '@reelroom/shared/script/fountain-element.ts';
import {
	blockAfter,
	readBlocks,
	rereadBlocks,
	type ScriptBlock,
	type ScriptBlocks,
	type TextParts,
} from '@reelroom/shared/script/script-blocks.ts';

const partsOf = (doc: Text): TextParts => ({ length: doc.length, slice: (from, to) => doc.sliceString(from, to) });

/** The script as it is read, kept in step with the text; only what stands around a change is read again. */
export const scriptField = StateField.define<ScriptBlocks>({
	create: ({ doc }) => readBlocks(doc.toString()),
	update(blocks, transaction) {
		if (!transaction.docChanged) return blocks;
		let [from, to] = [Infinity, 0];
		transaction.changes.iterChangedRanges((start, end) => {
			from = Math.min(from, start);
			to = Math.max(to, end);
		});
		const inserted = transaction.newDoc.length - blocks.length + (to - from);
		return rereadBlocks(blocks, { from, to, inserted }, partsOf(transaction.newDoc));
	},
});

/** The block in which a place lies, with where it begins; null between two blocks. */
export function blockAt(
	script: ScriptBlocks,
	index: number,
): { block: ScriptBlock; start: number; number: number } | null {
	const number = blockAfter(script, index) - 1;
	const block = script.blocks[number];
	const start = script.starts[number] ?? 0;
	return block !== undefined && index <= start + block.length ? { block, start, number } : null;
}

/** The elements that share letters with a line, with offsets in the script. */
export function elementsOnLine(state: EditorState, from: number, to: number): FountainElement[] {
	const found = blockAt(state.field(scriptField), to);
	if (found === null) return [];
	const { block, start } = found;
	return block.elements
		.filter((element) => start + element.start <= to && start + element.end >= from)
		.map((element) => ({ ...element, start: start + element.start, end: start + element.end }));
}
