import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { boardTypesOf, scriptOf } from '@reelroom/shared/project/document.ts';

/**
 * Notes what comes in from the server until `stop`, so that an import made there can be taken back here: text, scenes and shots alike, and
 * nothing that others did meanwhile. The import is told by the client id under which the server made it.
 */
export function noteImport(doc: Y.Doc): { stop: () => void; undo: (clientId: number) => void } {
	const manager = new Y.UndoManager([scriptOf(doc), ...boardTypesOf(doc)], {
		trackedOrigins: new Set<unknown>([WebsocketProvider]),
		// Each arriving edit is an item of its own, so that those of others can be left alone.
		captureTimeout: 0,
	});
	return {
		stop: () => manager.removeTrackedOrigin(WebsocketProvider),
		undo: (clientId) => {
			manager.undoStack = manager.undoStack.filter(({ insertions }) => {
				const clients = [...insertions.clients.keys()];
				return clients.length === 1 && clients[0] === clientId;
			});
			while (manager.canUndo()) manager.undo();
			manager.destroy();
		},
	};
}
