import { codeFolding, foldCode, foldEffect, foldedRanges, foldService, unfoldEffect } from '@codemirror/language';
import type { EditorState, Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { blockAfter } from '@reelroom/shared/script/script-blocks.ts';
import { blockAt, scriptField } from './script-state.ts';

/** What a heading or a section folds away: all up to the next one of its rank. */
function foldOf(state: EditorState, lineStart: number, lineEnd: number): { from: number; to: number } | null {
	const script = state.field(scriptField);
	const found = blockAt(script, lineEnd);
	const head = found?.block.elements.find(
		({ type, start }) =>
			(type === 'scene-heading' || type === 'section') &&
			found.start + start >= lineStart &&
			found.start + start <= lineEnd,
	);
	if (found === null || head === undefined) return null;
	const rank = head.type === 'section' ? (head.depth ?? 1) : Infinity;
	let to = state.doc.length;
	search: for (let number = blockAfter(script, found.start) - 1; number < script.blocks.length; number++) {
		const start = script.starts[number] ?? 0;
		for (const { type, start: at, depth } of script.blocks[number]?.elements ?? []) {
			const own = type === 'section' ? (depth ?? 1) : type === 'scene-heading' ? Infinity : null;
			if (own === null || own > rank || start + at <= lineEnd) continue;
			to = start + at;
			break search;
		}
	}
	while (to > lineEnd && /\s/.test(state.doc.sliceString(to - 1, to))) to--;
	return to > lineEnd ? { from: lineEnd, to } : null;
}

function toggleFold(view: EditorView, index: number): boolean {
	const line = view.state.doc.lineAt(index);
	let open = true;
	foldedRanges(view.state).between(line.to, line.to, (from, to) => {
		open = false;
		view.dispatch({ effects: unfoldEffect.of({ from, to }) });
	});
	const range = open ? foldOf(view.state, line.from, line.to) : null;
	if (range !== null) view.dispatch({ effects: foldEffect.of(range) });
	return !open || range !== null;
}

/** Folds the scene or section with the caret, wherever in it the caret is; a folded one opens. */
export function foldHere(view: EditorView): void {
	const { state } = view;
	for (let number = state.doc.lineAt(state.selection.main.head).number; number >= 1; number--) {
		const line = state.doc.line(number);
		if (foldOf(state, line.from, line.to) === null) continue;
		view.dispatch({ selection: { anchor: line.to } });
		toggleFold(view, line.from);
		return;
	}
	foldCode(view);
}

/** Folds every scene, so that only headings and sections show. */
export function foldScenes(view: EditorView): void {
	const { state } = view;
	const { blocks, starts } = state.field(scriptField);
	const effects = blocks.flatMap(({ elements }, number) =>
		elements
			.filter(({ type }) => type === 'scene-heading')
			.flatMap(({ start, end }) => {
				const at = starts[number] ?? 0;
				const range = foldOf(state, at + start, at + end);
				return range === null ? [] : [foldEffect.of(range)];
			}),
	);
	view.dispatch({ effects });
}

/** Folding by scene; the number in the margin of a heading folds it too. */
export function folding(words: (lines: number) => string): Extension {
	return [
		foldService.of(foldOf),
		codeFolding({
			preparePlaceholder: (state, { from, to }) => state.doc.lineAt(to).number - state.doc.lineAt(from).number,
			placeholderDOM: (_view, onclick, lines: number) => {
				const button = document.createElement('button');
				button.type = 'button';
				button.className = 'cm-foldPlaceholder';
				button.textContent = `⋯ ${words(lines)}`;
				button.onclick = onclick;
				return button;
			},
		}),
		EditorView.domEventHandlers({
			mousedown(event, view) {
				const line = event.target instanceof HTMLElement ? event.target : null;
				if (line?.dataset.scene === undefined) return false;
				const inside = event.clientX - line.getBoundingClientRect().left;
				if (inside > parseFloat(getComputedStyle(line).paddingLeft) - 8) return false;
				event.preventDefault();
				return toggleFold(view, view.posAtDOM(line));
			},
		}),
	];
}
