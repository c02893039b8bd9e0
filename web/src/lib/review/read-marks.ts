import { Problem } from '@reelroom/shared/problem.ts';
import type { Device } from '#lib/offline/device.ts';

const beginning = 'read-notifications/';
/** So many are told in one call. */
const mostAtOnce = 100;

type ReadMarksDeps = {
	device: Pick<Device, 'put' | 'keys' | 'remove'>;
	send: (ids: string[]) => Promise<unknown>;
};

/**
 * Notifications that were read here and that the server may not know of: kept on this device until it does, so that what was read without a network
 * stays read. They are told by their ids and never as "all", so that nothing counts as read that came meanwhile; told twice is told once.
 */
export class ReadMarks {
	readonly #deps: ReadMarksDeps;
	readonly #here = new Set<string>();
	#sending: Promise<void> | null = null;

	constructor(deps: ReadMarksDeps) {
		this.#deps = deps;
	}

	/** Whether it was read here. */
	has(id: string): boolean {
		return this.#here.has(id);
	}
	async add(ids: readonly string[]): Promise<void> {
		for (const id of ids) this.#here.add(id);
		await Promise.all(ids.map((id) => this.#deps.device.put(beginning + id, true)));
		await this.flush();
	}
	/** Tells the server what it does not know; out of reach, it is told the next time. */
	flush(): Promise<void> {
		this.#sending ??= this.#flush().finally(() => (this.#sending = null));
		return this.#sending;
	}

	async #flush(): Promise<void> {
		const { device, send } = this.#deps;
		// Of earlier visits and of other windows too.
		for (const key of await device.keys(beginning)) this.#here.add(key.slice(beginning.length));
		const ids = [...this.#here];
		for (let at = 0; at < ids.length; at += mostAtOnce) {
			const part = ids.slice(at, at + mostAtOnce);
			try {
				await send(part);
			} catch (failure) {
				if (failure instanceof Problem) return;
				throw failure;
			}
			for (const id of part) this.#here.delete(id);
			await Promise.all(part.map((id) => device.remove(beginning + id)));
		}
	}
}
