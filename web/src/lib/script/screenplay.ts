import { RangeSetBuilder, StateField, type EditorState, type Extension } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';
import { parseFountain, type FountainType } from '@reelroom/shared/script/fountain.ts';

/** Gives every line of the script the look of its kind. */
function decorate(state: EditorState): DecorationSet {
	const builder = new RangeSetBuilder<Decoration>();
	const kinds = new Map<number, FountainType>();
	for (const { type, start, end } of parseFountain(state.doc.toString()).elements) {
		const last = state.doc.lineAt(Math.min(end, state.doc.length)).number;
		for (let number = state.doc.lineAt(Math.min(start, state.doc.length)).number; number <= last; number++)
			if (!kinds.has(number)) kinds.set(number, type);
	}
	for (const [number, type] of [...kinds].sort((a, b) => a[0] - b[0]))
		builder.add(state.doc.line(number).from, state.doc.line(number).from, Decoration.line({ class: `sp-${type}` }));
	return builder.finish();
}

/** Screenplay layout while typing; the text itself stays plain Fountain. */
export function screenplay(): Extension {
	const field = StateField.define<DecorationSet>({
		create: decorate,
		update: (decorations, transaction) => (transaction.docChanged ? decorate(transaction.state) : decorations),
		provide: (own) => EditorView.decorations.from(own),
	});
	return [field, layout];
}

const layout = EditorView.theme({
	'&': { color: 'var(--text)', backgroundColor: 'transparent' },
	'&.cm-focused': { outline: 'none' },
	'.cm-content': {
		fontFamily: 'var(--font-script)',
		fontSize: '16px',
		lineHeight: '24px',
		padding: 'var(--s-6) 0',
		caretColor: 'var(--text)',
	},
	'.cm-line': { padding: '0' },
	'.cm-cursor': { borderLeftColor: 'var(--text)' },
	'.cm-scroller': { fontFamily: 'inherit', overflow: 'visible' },
	'.sp-scene-heading': { fontWeight: '700' },
	'.sp-character': { paddingLeft: 'min(20ch, 34%)' },
	'.sp-dialogue': { paddingLeft: 'min(10ch, 14%)', paddingRight: 'min(10ch, 14%)' },
	'.sp-parenthetical': { paddingLeft: 'min(15ch, 24%)', paddingRight: 'min(12ch, 18%)' },
	'.sp-transition': { textAlign: 'right' },
	'.sp-centred': { textAlign: 'center' },
	'.sp-lyrics': { fontStyle: 'italic', paddingLeft: 'min(10ch, 14%)' },
	'.sp-section, .sp-synopsis, .sp-note, .sp-boneyard, .sp-title-page, .sp-page-break': { color: 'var(--text-3)' },
	'.cm-placeholder': { color: 'var(--text-3)' },
	'.cm-ySelectionInfo': {
		fontFamily: 'var(--font)',
		color: 'var(--on-presence)',
		padding: '0 4px',
		borderRadius: '3px',
		opacity: '1',
	},
});
