import { Compartment, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

/** How much of the room is there while writing. */
export type FocusModes = { typewriter: boolean; quiet: boolean };

const modes = new Compartment();

/** The line that is written stays in the middle of the screen. */
const typewriter = EditorView.updateListener.of((update) => {
	if (!update.selectionSet && !update.docChanged) return;
	const own = update.transactions.some(
		(transaction) =>
			transaction.isUserEvent('input') ||
			transaction.isUserEvent('delete') ||
			transaction.isUserEvent('select') ||
			transaction.isUserEvent('move'),
	);
	if (!own || update.view.compositionStarted) return;
	const { view } = update;
	view.requestMeasure({
		key: typewriter,
		read: () => view.state.selection.main.head,
		write: (head) => queueMicrotask(() => view.dispatch({ effects: EditorView.scrollIntoView(head, { y: 'center' }) })),
	});
});

const extensionFor = ({ typewriter: isTypewriter, quiet }: FocusModes): Extension => [
	isTypewriter ? typewriter : [],
	quiet ? EditorView.editorAttributes.of({ class: 'sp-quiet' }) : [],
];

/** Room for the two modes. */
export const focusModes = (now: FocusModes): Extension => modes.of(extensionFor(now));

/** Changes them in an editor that is open. */
export const setFocusModes = (view: EditorView, now: FocusModes): void =>
	view.dispatch({ effects: modes.reconfigure(extensionFor(now)) });
