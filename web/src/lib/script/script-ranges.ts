import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';
import { ySyncFacet } from 'y-codemirror.next';
import { anchorAt } from '@reelroom/shared/project/document.ts';
import { scriptSyncPlugin } from './script-sync.ts';

/** A stretch of the script that something hangs on, such as a note; places are those of the shared text. */
export type ScriptRange = { id: string; start: number; end: number; active?: boolean };

const replaceRanges = StateEffect.define<readonly ScriptRange[]>();

const shown = StateField.define<DecorationSet>({
	create: () => Decoration.none,
	update(ranges, transaction) {
		let next = ranges.map(transaction.changes);
		for (const effect of transaction.effects) {
			if (!effect.is(replaceRanges)) continue;
			const { length } = transaction.newDoc;
			next = Decoration.set(
				effect.value
					.map(({ start, end, ...range }) => ({ ...range, start: Math.min(start, length), end: Math.min(end, length) }))
					.filter(({ start, end }) => end > start)
					.map(({ id, start, end, active = false }) =>
						Decoration.mark({
							class: active ? 'sp-range sp-range-active' : 'sp-range',
							attributes: { 'data-range-id': id },
						}).range(start, end),
					),
				true,
			);
		}
		return next;
	},
	provide: (field) => EditorView.decorations.from(field),
});

/** Room for marked ranges; `picked` hears the id of one that is clicked. */
export const scriptRanges = (picked: (id: string) => void): Extension => [
	shown,
	EditorView.domEventHandlers({
		click(event) {
			const mark = event.target instanceof Element ? event.target.closest('[data-range-id]') : null;
			const id = mark?.getAttribute('data-range-id');
			if (id !== null && id !== undefined) picked(id);
			return false;
		},
	}),
];

/** Marks these ranges and no others; they move with the text until they are told anew. */
export function showRanges(view: EditorView, ranges: readonly ScriptRange[]): void {
	const sync = view.plugin(scriptSyncPlugin);
	const here = (index: number): number => sync?.fromShared(index) ?? index;
	const placed = ranges.map((range) => ({ ...range, start: here(range.start), end: here(range.end) }));
	view.dispatch({ effects: replaceRanges.of(placed) });
}

/** What is selected, as anchors that move with the text and as words; null when nothing is. */
export function selectedAnchors(view: EditorView): { start: Uint8Array; end: Uint8Array; text: string } | null {
	const { from, to } = view.state.selection.main;
	const { doc } = view.state.facet(ySyncFacet).ytext;
	const sync = view.plugin(scriptSyncPlugin);
	if (from === to || doc === null || sync === null) return null;
	return {
		start: anchorAt(doc, sync.toShared(from), 0),
		end: anchorAt(doc, sync.toShared(to), -1),
		text: view.state.sliceDoc(from, to),
	};
}

/** How far below the top of the editor a place stands, to set something beside it. */
export const topOf = (view: EditorView, index: number): number =>
	view.lineBlockAt(Math.min(index, view.state.doc.length)).top + view.documentPadding.top;
