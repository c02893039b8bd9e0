import * as Y from 'yjs';
import type { Snapshot } from '@reelroom/shared/node/stores/snapshot-store.ts';

/** The packed form that is stored of a document, which can be sent while this server still builds the document. */
export class StoredForm {
	/** What the stored form knows of each client id, as a state vector; null before it is built, and when there is none. */
	vector: Uint8Array | null = null;
	private readonly reading = Promise.withResolvers<Uint8Array | null>();
	private packed: Promise<Uint8Array | null> | null = this.reading.promise;

	/** Resolves with it as soon as it is read; null when there is none, or the document is there already. */
	get ahead(): Promise<Uint8Array | null> {
		return this.packed ?? Promise.resolve(null);
	}

	/** The snapshot was read. */
	found({ packed }: Snapshot): void {
		this.reading.resolve(packed ?? null);
	}

	/** The snapshot, and nothing else, is in the document. */
	taken(doc: Y.Doc): void {
		this.vector = Y.encodeStateVector(doc);
	}

	/** The document is there, or will never be: whoever comes now is answered from it, and the bytes can go. */
	end(): void {
		this.reading.resolve(null);
		this.packed = null;
	}
}
