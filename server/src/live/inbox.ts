import { limits } from '@reelroom/shared/limits.ts';
import { asksForAll } from './frames.ts';

/** What comes in of a connection before it is admitted. */
export class Inbox {
	readonly frames: Uint8Array[] = [];
	/** Resolves when the client has asked for all of the document, as it has nothing of it. */
	readonly askedForAll: Promise<void>;
	private readonly asked = Promise.withResolvers<void>();
	private bytes = 0;

	constructor() {
		this.askedForAll = this.asked.promise;
	}

	/** False when too much has come. */
	take(frame: Uint8Array): boolean {
		this.bytes += frame.length;
		if (this.bytes > 4 * limits.syncFrameBytes) return false;
		this.frames.push(frame);
		if (asksForAll(frame)) this.asked.resolve();
		return true;
	}
}
