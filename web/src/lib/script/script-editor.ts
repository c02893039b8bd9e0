import { acceptCompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap } from '@codemirror/commands';
import { foldedRanges, unfoldEffect } from '@codemirror/language';
import { highlightSelectionMatches, search } from '@codemirror/search';
import { EditorState, Prec, type Extension } from '@codemirror/state';
import { EditorView, keymap, placeholder, type Panel } from '@codemirror/view';
import { YSyncConfig } from 'y-codemirror.next';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { completion, type OfferWords } from './completion.ts';
import { focusModes, type FocusModes } from './focus-modes.ts';
import { folding } from './folding.ts';
import { remoteCarets } from './remote-carets.ts';
import { screenplay } from './screenplay.ts';
import { scriptRanges } from './script-ranges.ts';
import { scriptSync } from './script-sync.ts';
import { sharedUndo } from './shared-undo.ts';
import { typing } from './typing.ts';

type Options = {
	parent: HTMLElement;
	script: Y.Text;
	awareness: Awareness;
	undo: Y.UndoManager;
	readOnly: boolean;
	label: string;
	hint: string;
	offers: OfferWords;
	foldWords: (lines: number) => string;
	modes: FocusModes;
	/** Builds the panel of find and replace. */
	findPanel: (view: EditorView) => Panel;
	onmove: (index: number) => void;
	/** Something typed waits for the end of a composition, or no more. */
	onhold: (held: boolean) => void;
	onrange: (id: string) => void;
	/** After any change of text or selection. */
	onchange: (view: EditorView) => void;
};

/** The shared text knows only `\n`; every other sign of a line's end that is pasted becomes one. */
const oneLineEnd: Extension = [
	EditorState.lineSeparator.of('\n'),
	EditorView.clipboardInputFilter.of((text) => text.replace(/\r\n?/g, '\n')),
];

/** An editor of the script that everybody types into together. */
export function createScriptEditor(options: Options): EditorView {
	const { parent, script, awareness, readOnly, onmove, onchange } = options;
	const config = new YSyncConfig(script, awareness);
	return new EditorView({
		parent,
		state: EditorState.create({
			doc: script.toString(),
			extensions: [
				oneLineEnd,
				screenplay(),
				sharedUndo(options.undo, config),
				scriptSync(config, options.onhold),
				remoteCarets(),
				Prec.highest(keymap.of([{ key: 'Tab', run: acceptCompletion }])),
				typing(),
				keymap.of([...completionKeymap, ...defaultKeymap]),
				completion(options.offers),
				folding(options.foldWords),
				search({ top: true, createPanel: options.findPanel }),
				highlightSelectionMatches({ minSelectionLength: 2 }),
				focusModes(options.modes),
				scriptRanges(options.onrange),
				EditorView.lineWrapping,
				placeholder(options.hint),
				EditorState.readOnly.of(readOnly),
				EditorView.editable.of(!readOnly),
				EditorView.contentAttributes.of({
					'aria-label': options.label,
					spellcheck: 'true',
					...(readOnly ? { tabindex: '0' } : {}),
				}),
				EditorView.updateListener.of((update) => {
					if (update.selectionSet && update.view.hasFocus) onmove(update.state.selection.main.head);
					if (update.selectionSet || update.docChanged) onchange(update.view);
				}),
			],
		}),
	});
}

/** Brings a place of the script into view, near the top, and opens what is folded over it. */
export function showPlace(view: EditorView, index: number): void {
	const at = Math.min(index, view.state.doc.length);
	const folded: { from: number; to: number }[] = [];
	foldedRanges(view.state).between(at, at, (from, to) => {
		if (from < at && to > at) folded.push({ from, to });
	});
	view.dispatch({
		selection: { anchor: at },
		effects: [
			...folded.map((range) => unfoldEffect.of(range)),
			EditorView.scrollIntoView(at, { y: 'start', yMargin: 72 }),
		],
	});
	view.focus();
}
