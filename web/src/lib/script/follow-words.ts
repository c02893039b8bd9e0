import type { Extension } from '@codemirror/state';
import { ViewPlugin, type EditorView, type PluginValue } from '@codemirror/view';
import type * as Y from 'yjs';
import { bringsMoves, letterBefore, type Moves } from '@reelroom/shared/project/carry-words.ts';
import { placeOfLetter } from '@reelroom/shared/project/put-words.ts';
import { scriptSyncPlugin } from './script-sync.ts';

/** Lets the caret go along with a scene that somebody else moves while one writes in it, so that the next letter stands behind the last. */
export function followWords(doc: Y.Doc, moves: Moves): Extension {
	return ViewPlugin.fromClass(
		class implements PluginValue {
			private readonly view: EditorView;
			private readonly silent: () => void;
			private letter: Y.ID | null = null;
			constructor(view: EditorView) {
				this.view = view;
				doc.on('beforeObserverCalls', this.noteCaret);
				this.silent = moves.onMoved((newHome) => {
					const home = this.letter === null ? null : newHome(this.letter);
					this.letter = null;
					const place = home === null ? null : placeOfLetter(doc, home.client, home.clock);
					const sync = this.view.plugin(scriptSyncPlugin);
					if (place === null || sync === null) return;
					const index = sync.fromShared(place.index + (place.alive ? 1 : 0));
					this.view.dispatch({
						selection: { anchor: Math.min(index, this.view.state.doc.length) },
						scrollIntoView: this.view.hasFocus,
					});
				});
			}
			destroy(): void {
				doc.off('beforeObserverCalls', this.noteCaret);
				this.silent();
			}
			private readonly noteCaret = (transaction: Y.Transaction): void => {
				if (!bringsMoves(doc, transaction)) return;
				const sync = this.view.plugin(scriptSyncPlugin);
				if (sync !== null)
					this.letter = letterBefore(doc, transaction, sync.toShared(this.view.state.selection.main.head));
			};
		},
	);
}
