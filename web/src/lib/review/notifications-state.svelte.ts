import { notificationApi } from '@reelroom/shared/review/api.ts';
import type { Notification } from '@reelroom/shared/review/notification.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { call } from '#lib/call.ts';
import type { Device } from '#lib/offline/device.ts';
import { ReadMarks } from './read-marks.ts';

/** What concerns whoever is signed in; the server is asked whenever a hint comes. */
export class Notifications {
	list = $state.raw<Notification[]>([]);
	unread = $state(0);
	readonly #marks: ReadMarks;

	/** The device of the account, which a page may know a moment later than it begins. */
	constructor(device: Device | Promise<Device>) {
		const known = Promise.resolve(device);
		this.#marks = new ReadMarks({
			device: {
				put: async (key, value) => (await known).put(key, value),
				keys: async (beginning) => (await known).keys(beginning),
				remove: async (key) => (await known).remove(key),
			},
			send: (ids) => call(notificationApi.read, { body: { ids } }, { stay: true }),
		});
	}

	async refresh(): Promise<void> {
		try {
			await this.#marks.flush();
			const { notifications } = await call(notificationApi.list, {}, { stay: true });
			this.list = notifications.map((one) => (this.#marks.has(one.id) ? asRead(one) : one));
			this.#count();
		} catch (failure) {
			// Away: what was heard last stays.
			if (!(failure instanceof Problem)) throw failure;
		}
	}
	/** Marks them as read here at once, and with the server when it can be reached; without ids all that are shown. */
	async read(ids?: string[]): Promise<void> {
		const meant = this.list.flatMap(({ id, readAt }) =>
			readAt === null && (ids === undefined || ids.includes(id)) ? [id] : [],
		);
		this.list = this.list.map((one) => (meant.includes(one.id) ? asRead(one) : one));
		this.#count();
		await this.#marks.add(meant);
	}
	#count(): void {
		this.unread = this.list.filter(({ readAt }) => readAt === null).length;
	}
}

const asRead = (one: Notification): Notification => ({ ...one, readAt: one.readAt ?? new Date().toISOString() });
