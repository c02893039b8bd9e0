import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import * as Y from 'yjs';
import { withoutAside } from './aside.ts';

const deflate = promisify(deflateRaw);

/** Smaller documents are not worth it. */
export const worthPackingBytes = 4096;

/** The document as whoever has nothing of it gets it: in the second format of Yjs, which is only ever written here and read by others, and deflated. */
export const packDocument = (doc: Y.Doc): Promise<Uint8Array> =>
	deflate(withoutAside(doc, () => Y.encodeStateAsUpdateV2(doc)));

/** The packed form of a document, made once for all who ask until something changes. */
export class PackedDocument {
	/** Whether the document is as it was stored, packed. */
	isStored = false;
	private current: Promise<Uint8Array> | null = null;

	/** Takes the form that was stored with the document. */
	know(packed: Uint8Array): void {
		this.current = Promise.resolve(packed);
		this.isStored = true;
	}

	/** The document has changed. */
	forget(): void {
		this.current = null;
		this.isStored = false;
	}

	of(doc: Y.Doc): Promise<Uint8Array> {
		this.current ??= packDocument(doc);
		return this.current;
	}
}
