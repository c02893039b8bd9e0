import { defaultKeymap } from '@codemirror/commands';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { screenplay } from './screenplay.ts';

type Options = {
	parent: HTMLElement;
	script: Y.Text;
	awareness: Awareness;
	readOnly: boolean;
	label: string;
	hint: string;
	onmove: (index: number) => void;
};

/** An editor of the script that everybody types into together. */
export function createScriptEditor({ parent, script, awareness, readOnly, label, hint, onmove }: Options): EditorView {
	const undoManager = new Y.UndoManager(script);
	return new EditorView({
		parent,
		state: EditorState.create({
			doc: script.toString(),
			extensions: [
				keymap.of([...yUndoManagerKeymap, ...searchKeymap, ...defaultKeymap]),
				yCollab(script, awareness, { undoManager }),
				highlightSelectionMatches(),
				EditorView.lineWrapping,
				screenplay(),
				placeholder(hint),
				EditorState.readOnly.of(readOnly),
				EditorView.editable.of(!readOnly),
				EditorView.contentAttributes.of({
					'aria-label': label,
					spellcheck: 'true',
					...(readOnly ? { tabindex: '0' } : {}),
				}),
				EditorView.updateListener.of((update) => {
					if (update.selectionSet && update.view.hasFocus) onmove(update.state.selection.main.head);
				}),
			],
		}),
	});
}

/** Brings a place of the script into view, near the top; quietly leaves caret and focus where they are. */
export function showPlace(view: EditorView, index: number, quiet = false): void {
	const at = Math.min(index, view.state.doc.length);
	const scroll = EditorView.scrollIntoView(at, { y: quiet ? 'center' : 'start', yMargin: 72 });
	view.dispatch(quiet ? { effects: scroll } : { selection: { anchor: at }, effects: scroll });
	if (!quiet) view.focus();
}
