import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { boardTypesOf, scriptOf } from '@reelroom/shared/project/document.ts';

/** Notes what comes in from the server until `stop`, so that an import made there can be taken back here: text, scenes and shots alike. */
export function noteImport(doc: Y.Doc): { stop: () => void; undo: () => void } {
	const manager = new Y.UndoManager([scriptOf(doc), ...boardTypesOf(doc)], {
		trackedOrigins: new Set<unknown>([WebsocketProvider]),
		captureTimeout: 60_000,
	});
	return {
		stop: () => manager.removeTrackedOrigin(WebsocketProvider),
		undo: () => {
			while (manager.canUndo()) manager.undo();
			manager.destroy();
		},
	};
}
