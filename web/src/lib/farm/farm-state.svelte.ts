import { farmApi } from '@reelroom/shared/farm/api.ts';
import type { Farm, FarmNode } from '@reelroom/shared/farm/farm.ts';
import { call } from '#lib/call.ts';

/** What changes by itself is asked for this often while somebody looks. */
const lookMs = 5000;
type Change = Partial<Pick<FarmNode, 'enabled' | 'draining' | 'concurrency' | 'tags'>>;

/** The farm as its page shows it. */
export class FarmState {
	farm = $state.raw<Farm | null>(null);
	failure = $state.raw<unknown>(null);
	#last: Promise<unknown> = Promise.resolve();

	async load(): Promise<void> {
		try {
			this.farm = await call(farmApi.read);
			this.failure = null;
		} catch (thrown) {
			this.failure = thrown;
		}
	}
	/** Looks again and again until the answer is called. */
	watch(): () => void {
		void this.load();
		const timer = setInterval(() => {
			if (document.visibilityState === 'visible') void this.load();
		}, lookMs);
		return () => clearInterval(timer);
	}
	async add(wish: { url: string; concurrency: number; tags: string[] }): Promise<FarmNode> {
		const added = await call(farmApi.add, { body: wish });
		await this.load();
		return added;
	}
	/** One change after the other, each of the server as it is shown by then. */
	edit(node: FarmNode, change: Change): Promise<void> {
		const edited = this.#last.then(async () => {
			const { id, revision } = this.farm?.nodes.find((each) => each.id === node.id) ?? node;
			try {
				await call(farmApi.edit, { params: { id }, body: { revision, ...change } });
			} finally {
				await this.load();
			}
		});
		this.#last = edited.catch(() => undefined);
		return edited;
	}
	async remove({ id }: FarmNode): Promise<void> {
		await call(farmApi.remove, { params: { id } });
		await this.load();
	}
	async allow(added: string[]): Promise<void> {
		const revision = this.farm?.classes.revision ?? 0;
		try {
			await call(farmApi.allowClasses, { body: { revision, added } });
		} finally {
			await this.load();
		}
	}
}

/** `fast, big` as a list. */
export const tagsOf = (text: string): string[] => [...new Set(text.split(/[,，\s]+/).filter(Boolean))];
export const nameOf = ({ url }: Pick<FarmNode, 'url'>): string => url.replace(/^https?:\/\//, '');
