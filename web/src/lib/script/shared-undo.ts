import type { Extension } from '@codemirror/state';
import { EditorView, keymap, ViewPlugin, type PluginValue, type ViewUpdate } from '@codemirror/view';
import type { YSyncConfig } from 'y-codemirror.next';
import { ySyncAnnotation } from 'y-codemirror.next';
import * as Y from 'yjs';

type StackItem = { meta: Map<unknown, unknown> };
type Places = { anchor: Y.RelativePosition; head: Y.RelativePosition };

/** Lets an undo put the caret back where it was before the edit that is taken back. */
function caretMemory(manager: Y.UndoManager, config: YSyncConfig): Extension {
	return ViewPlugin.fromClass(
		class implements PluginValue {
			private readonly view: EditorView;
			private before: Places | null = null;
			/** When the last step was typed on here; 0 after any other step. */
			private typedAt = 0;
			constructor(view: EditorView) {
				this.view = view;
				manager.addTrackedOrigin(config);
				manager.on('stack-item-added', this.added);
				manager.on('stack-item-updated', this.noted);
				manager.on('stack-item-popped', this.popped);
			}
			update({ docChanged, transactions, startState, view }: ViewUpdate): void {
				if (!docChanged || view.compositionStarted) return;
				if (transactions.some((transaction) => transaction.annotation(ySyncAnnotation) === config)) return;
				// This plugin stands before the one that writes the shared text: places are still those before the edit.
				this.before = null;
				// A letter that belongs to a step begun before has no place of its own; finding one takes a walk through half of the text.
				if (Date.now() - this.typedAt < manager.captureTimeout / 2) return;
				const { anchor, head } = startState.selection.main;
				const place = (index: number) => Y.createRelativePositionFromTypeIndex(config.ytext, index);
				const at = place(head);
				this.before = { anchor: anchor === head ? at : place(anchor), head: at };
			}
			destroy(): void {
				manager.removeTrackedOrigin(config);
				manager.off('stack-item-added', this.added);
				manager.off('stack-item-updated', this.noted);
				manager.off('stack-item-popped', this.popped);
			}
			private readonly noted = ({ origin }: { origin: unknown }): void => {
				this.typedAt = origin === config ? Date.now() : 0;
			};
			private readonly added = ({ stackItem, origin }: { stackItem: StackItem; origin: unknown }): void => {
				this.noted({ origin });
				if (origin === config && this.before !== null && !stackItem.meta.has(config))
					stackItem.meta.set(config, this.before);
			};
			private readonly popped = ({ stackItem }: { stackItem: StackItem }): void => {
				this.typedAt = 0;
				const places = stackItem.meta.get(config) as Places | undefined;
				const { doc } = config.ytext;
				if (places === undefined || doc === null) return;
				const index = (place: Y.RelativePosition) =>
					Y.createAbsolutePositionFromRelativePosition(place, doc)?.index ?? null;
				const [anchor, head] = [index(places.anchor), index(places.head)];
				const { length } = this.view.state.doc;
				if (anchor === null || head === null) return;
				this.view.dispatch({
					selection: { anchor: Math.min(anchor, length), head: Math.min(head, length) },
					scrollIntoView: true,
				});
			};
		},
	);
}

/** Undo and redo of the editor by the one history of the studio, in which edits of the board stand too. */
export function sharedUndo(manager: Y.UndoManager, config: YSyncConfig): Extension {
	const undo = (): true => {
		manager.undo();
		return true;
	};
	const redo = (): true => {
		manager.redo();
		return true;
	};
	return [
		caretMemory(manager, config),
		keymap.of([
			{ key: 'Mod-z', run: undo, preventDefault: true },
			{ key: 'Mod-y', mac: 'Mod-Shift-z', run: redo, preventDefault: true },
			{ key: 'Mod-Shift-z', run: redo, preventDefault: true },
		]),
		EditorView.domEventHandlers({
			beforeinput({ inputType }) {
				if (inputType === 'historyUndo') return undo();
				return inputType === 'historyRedo' && redo();
			},
		}),
	];
}
