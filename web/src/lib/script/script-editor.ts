import { acceptCompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap } from '@codemirror/commands';
import { foldedRanges, unfoldAll, unfoldEffect } from '@codemirror/language';
import { highlightSelectionMatches, openSearchPanel, search } from '@codemirror/search';
import { EditorState, Prec, type Extension } from '@codemirror/state';
import { EditorView, keymap, panels, placeholder, tooltips } from '@codemirror/view';
import { YSyncConfig } from 'y-codemirror.next';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import type { Moves } from '@reelroom/shared/project/carry-words.ts';
import type { ScriptBlocks } from '@reelroom/shared/script/script-blocks.ts';
import { acceptAndGoOn, completion, type OfferWords } from './completion.ts';
import type { WrittenKind } from './elements.ts';
import { dualColumns } from './dual-columns.ts';
import { findPanel } from './find-panel.svelte.ts';
import { focusModes, setFocusModes, type FocusModes } from './focus-modes.ts';
import { foldHere, foldScenes, folding } from './folding.ts';
import { followWords } from './follow-words.ts';
import { kindOf, type LineKind } from './line-look.ts';
import { remoteCarets } from './remote-carets.ts';
import { screenplay } from './screenplay.ts';
import { scriptRanges, selectedAnchors, showRanges, topOf, type ScriptRange } from './script-ranges.ts';
import { scriptField } from './script-state.ts';
import { scriptSync } from './script-sync.ts';
import { sharedUndo } from './shared-undo.ts';
import { enter, setKind, toggleDual, toggleMark, typing } from './typing.ts';

type Options = {
	parent: HTMLElement;
	/** Where the panel of find and replace goes. */
	panelsIn: HTMLElement;
	script: Y.Text;
	awareness: Awareness;
	undo: Y.UndoManager;
	moves: Moves;
	readOnly: boolean;
	label: string;
	hint: string;
	offers: OfferWords;
	foldWords: (lines: number) => string;
	modes: FocusModes;
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

/** Lists of offers keep off the keyboard of the screen and off the bars above it. */
const offersSpace = tooltips({
	tooltipSpace: () => {
		const seen = window.visualViewport;
		const bars = matchMedia('(max-width: 768px)').matches ? barsPx : 0;
		const height = seen === null ? innerHeight : seen.offsetTop + seen.height;
		return { left: 0, right: innerWidth, top: 0, bottom: height - bars };
	},
});
/** Height of the bars below the script on a small screen. */
const barsPx = 110;

/** An editor of the script that everybody types into together. */
function createScriptEditor(options: Options): EditorView {
	const { parent, script, awareness, readOnly, onmove, onchange } = options;
	const config = new YSyncConfig(script, awareness);
	return new EditorView({
		parent,
		state: EditorState.create({
			doc: script.toString(),
			extensions: [
				oneLineEnd,
				screenplay(),
				dualColumns(),
				sharedUndo(options.undo, config),
				scriptSync(config, options.onhold),
				script.doc === null ? [] : followWords(script.doc, options.moves),
				remoteCarets(),
				Prec.highest(
					keymap.of([
						{ key: 'Tab', run: acceptCompletion },
						{ key: 'Enter', run: acceptAndGoOn(enter) },
					]),
				),
				typing(),
				keymap.of([...completionKeymap, ...defaultKeymap]),
				completion(options.offers),
				offersSpace,
				folding(options.foldWords),
				panels({ topContainer: options.panelsIn }),
				search({ top: true, createPanel: findPanel }),
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

/** Brings a place of the script into view, near the top, and opens what is folded over it; quietly leaves caret and focus where they are. */
function showPlace(view: EditorView, index: number, quiet = false): void {
	const at = Math.min(index, view.state.doc.length);
	const folded: { from: number; to: number }[] = [];
	foldedRanges(view.state).between(at, at, (from, to) => {
		if (from < at && to > at) folded.push({ from, to });
	});
	view.dispatch({
		...(quiet ? {} : { selection: { anchor: at } }),
		effects: [
			...folded.map((range) => unfoldEffect.of(range)),
			EditorView.scrollIntoView(at, { y: quiet ? 'center' : 'start', yMargin: 72 }),
		],
	});
	if (!quiet) view.focus();
}

/** The words of the selection, or of nothing. */
function selectedText({ state }: EditorView): string {
	return state.selection.ranges.map(({ from, to }) => state.sliceDoc(from, to)).join('\n\n');
}

/** What can be done with an open editor, for those who load it only when it is wanted. */
export function scriptEditor(options: Options) {
	const view = createScriptEditor(options);
	return {
		view,
		show: (index: number, quiet?: boolean) => showPlace(view, index, quiet),
		script: (): ScriptBlocks => view.state.field(scriptField),
		selectedText: () => selectedText(view),
		kind: (): LineKind => kindOf(view.state, view.state.doc.lineAt(view.state.selection.main.head)),
		setKind: (kind: WrittenKind) => setKind(kind)(view),
		mark: (sign: string) => toggleMark(sign)(view),
		dual: () => toggleDual(view),
		find: (): boolean => openSearchPanel(view),
		fold: () => foldHere(view),
		foldScenes: () => foldScenes(view),
		unfold: (): boolean => unfoldAll(view),
		setModes: (modes: FocusModes) => setFocusModes(view, modes),
		/** Marks these ranges of the script and no others. */
		showRanges: (ranges: readonly ScriptRange[]) => showRanges(view, ranges),
		/** The selection as anchors that move with the text. */
		selectedAnchors: () => selectedAnchors(view),
		topOf: (index: number) => topOf(view, index),
	};
}
export type ScriptEditor = ReturnType<typeof scriptEditor>;
