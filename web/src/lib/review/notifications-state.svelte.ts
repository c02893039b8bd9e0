import { notificationApi } from '@reelroom/shared/review/api.ts';
import type { Notification } from '@reelroom/shared/review/notification.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { call } from '#lib/call.ts';

/** What concerns whoever is signed in; the server is asked whenever a hint comes. */
export class Notifications {
	list = $state.raw<Notification[]>([]);
	unread = $state(0);

	async refresh(): Promise<void> {
		try {
			const { unread, notifications } = await call(notificationApi.list, {}, { stay: true });
			this.list = notifications;
			this.unread = unread;
		} catch (failure) {
			// Away: what was heard last stays.
			if (!(failure instanceof Problem)) throw failure;
		}
	}
	/** Marks them as read here at once, and with the server when it can be reached. */
	async read(ids?: string[]): Promise<void> {
		const at = new Date().toISOString();
		this.list = this.list.map((one) =>
			one.readAt === null && (ids === undefined || ids.includes(one.id)) ? { ...one, readAt: at } : one,
		);
		this.unread = this.list.filter(({ readAt }) => readAt === null).length;
		try {
			await call(notificationApi.read, { body: ids === undefined ? {} : { ids } }, { stay: true });
		} catch (failure) {
			if (!(failure instanceof Problem)) throw failure;
		}
	}
}
