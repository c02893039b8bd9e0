import { planApi } from '@reelroom/shared/plan/api.ts';
import type { LedgerEntry, Usage } from '@reelroom/shared/plan/usage.ts';
import { call } from '#lib/call.ts';
import { serverNow } from '#lib/clock.svelte.ts';
import { daysOf, type Span } from './span.ts';

/** What a workspace has used over some days, and the entries behind it. */
export class UsageState {
	readonly #workspaceId: string;
	/** Null until it is read. */
	usage = $state.raw<Usage | null>(null);
	entries = $state.raw<readonly LedgerEntry[]>([]);
	/** Where the ledger goes on; null at its end. */
	next = $state.raw<string | null>(null);
	failure = $state.raw<unknown>(null);
	loading = $state(false);
	#asked = 0;

	constructor(workspaceId: string) {
		this.#workspaceId = workspaceId;
	}
	/** Reads usage and the newest entries; what was asked for before counts no more. */
	async load(span: Span): Promise<void> {
		const asked = ++this.#asked;
		this.loading = true;
		this.failure = null;
		const request = { params: { id: this.#workspaceId }, query: daysOf(span, serverNow()) };
		try {
			const [usage, { entries, next }] = await Promise.all([
				call(planApi.usage, request),
				call(planApi.ledger, request),
			]);
			if (asked !== this.#asked) return;
			[this.usage, this.entries, this.next] = [usage, entries, next];
		} catch (failure) {
			if (asked === this.#asked) this.failure = failure;
		} finally {
			if (asked === this.#asked) this.loading = false;
		}
	}
	/** Reads the next page of the ledger. */
	async more(): Promise<void> {
		const { usage, next } = this;
		if (usage === null || next === null || this.loading) return;
		const asked = this.#asked;
		this.loading = true;
		try {
			const query = { from: usage.from, to: usage.to, before: next };
			const page = await call(planApi.ledger, { params: { id: this.#workspaceId }, query });
			if (asked !== this.#asked) return;
			this.entries = [...this.entries, ...page.entries];
			this.next = page.next;
		} finally {
			if (asked === this.#asked) this.loading = false;
		}
	}
}
