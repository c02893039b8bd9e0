import { planApi } from '@reelroom/shared/plan/api.ts';
import { priceOf, type Quota } from '@reelroom/shared/plan/quota.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { serverNow } from '#lib/clock.svelte.ts';
import { call } from '#lib/call.ts';

/** Tasks that end together ask once. */
const gatherMs = 300;
/** A timer takes no more than this; a day is far below. */
const longestMs = 24 * 3_600_000;

/** What whoever is signed in may still generate today; asked anew when their tasks change and when a new day begins. */
export class QuotaState {
	/** Null until the server has told it. */
	quota = $state.raw<Quota | null>(null);
	#asking: ReturnType<typeof setTimeout> | undefined;
	#reset: ReturnType<typeof setTimeout> | undefined;
	#closed = false;

	async refresh(): Promise<void> {
		try {
			const quota = await call(planApi.quota, {}, { stay: true });
			if (this.#closed) return;
			this.quota = quota;
			clearTimeout(this.#reset);
			const away = Date.parse(quota.resetAt) - serverNow();
			this.#reset = setTimeout(() => void this.refresh(), Math.min(longestMs, Math.max(5_000, away + 1_000)));
		} catch (failure) {
			// Away: what was heard last stays.
			if (!(failure instanceof Problem)) throw failure;
		}
	}
	/** Something of theirs was queued or has ended. */
	heard(): void {
		clearTimeout(this.#asking);
		this.#asking = setTimeout(() => void this.refresh(), gatherMs);
	}
	/** What so many pictures of a provider cost; null until it is known. */
	costOf(pictures: number, provider = 'sketch'): number | null {
		return this.quota === null ? null : pictures * priceOf(this.quota.prices, provider);
	}
	close(): void {
		this.#closed = true;
		clearTimeout(this.#asking);
		clearTimeout(this.#reset);
	}
}
