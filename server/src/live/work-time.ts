/** What an account may take of a server's time, over all its connections, with what costs much at once: so much, and then so much a second. */
const [burstMs, perSecond] = [1_000, 0.1];

/** Counts the time that is spent on each account, so that nobody holds up all others with frames that are long to judge or questions that are long to answer. */
export class WorkTime {
	private readonly spent = new Map<string, { ms: number; at: number }>();
	private readonly now: () => number;

	constructor(now: () => number = () => performance.now()) {
		this.now = now;
	}

	/** Whether the account may take more now. */
	mayTake(accountId: string): boolean {
		const ms = this.spentMs(accountId);
		if (ms === 0) this.spent.delete(accountId);
		return ms < burstMs;
	}

	/** Does it for the account and counts how long it took, also when it throws. */
	take<T>(accountId: string, work: () => T): T {
		const began = this.now();
		try {
			return work();
		} finally {
			this.add(accountId, this.now() - began);
		}
	}

	/** Counts what was done for the account. */
	add(accountId: string, ms: number): void {
		this.spent.set(accountId, { ms: this.spentMs(accountId) + ms, at: this.now() });
	}

	private spentMs(accountId: string): number {
		const spent = this.spent.get(accountId);
		return spent === undefined ? 0 : Math.max(0, spent.ms - (this.now() - spent.at) * perSecond);
	}
}
