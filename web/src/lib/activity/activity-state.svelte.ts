import type { Activity } from '@reelroom/shared/activity/activity.ts';
import { activityApi } from '@reelroom/shared/activity/api.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { call } from '#lib/call.ts';

/** Hints that come together are asked about once. */
const gatherMs = 800;

/** What happened in a project, as far as it was read, and how much of it is new. */
export class ActivityState {
	items = $state.raw<Activity[]>([]);
	unread = $state(0);
	failure = $state.raw<unknown>(null);
	loading = $state(false);
	next = $state.raw<string | null>(null);
	/** Rows newer than this were new when the panel was opened. */
	seenAt = $state.raw<string | null>(null);
	#isOpen = false;
	#timer: ReturnType<typeof setTimeout> | undefined;
	readonly #projectId: string;

	constructor(projectId: string) {
		this.#projectId = projectId;
		void this.count();
	}

	/** Something may have happened. */
	readonly heard = (): void => {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void (this.#isOpen ? this.read() : this.count()), gatherMs);
	};

	/** Reads the newest rows and notes them as seen. */
	async open(): Promise<void> {
		this.#isOpen = true;
		await this.read(true);
	}
	close(): void {
		this.#isOpen = false;
	}

	async read(isFirst = false): Promise<void> {
		this.loading = true;
		try {
			const { items, next, seenAt } = await call(activityApi.list, { params: this.#params });
			const known = new Set(items.map(({ id }) => id));
			const isEnd = isFirst || this.items.length <= items.length;
			this.items = [...items, ...(isFirst ? [] : this.items.filter(({ id }) => !known.has(id)))];
			if (isEnd) this.next = next;
			if (isFirst) this.seenAt = seenAt;
			this.failure = null;
			this.unread = 0;
			const [newest] = items;
			if (newest !== undefined) await call(activityApi.see, { params: this.#params, body: { at: newest.at } });
		} catch (failure) {
			this.failure = failure;
		} finally {
			this.loading = false;
		}
	}

	/** Reads the next older rows. */
	async more(): Promise<void> {
		if (this.next === null || this.loading) return;
		this.loading = true;
		try {
			const { items, next } = await call(activityApi.list, { params: this.#params, query: { after: this.next } });
			const known = new Set(this.items.map(({ id }) => id));
			this.items = [...this.items, ...items.filter(({ id }) => !known.has(id))];
			this.next = next;
		} catch (failure) {
			this.failure = failure;
		} finally {
			this.loading = false;
		}
	}

	async count(): Promise<void> {
		try {
			this.unread = (await call(activityApi.unread, { params: this.#params })).count;
		} catch (failure) {
			// Without a network the last number stays.
			if (!(failure instanceof Problem)) throw failure;
		}
	}

	destroy(): void {
		clearTimeout(this.#timer);
	}

	get #params(): { id: string } {
		return { id: this.#projectId };
	}
}
