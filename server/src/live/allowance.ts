/** What one connection may send: a burst at once, and then so much a second. Far above any person, far below what would hold others up. */
const allowed = {
	/** Hours of typing may come at once, when somebody comes back; more has to wait. */
	edits: { burst: 250_000, perSecond: 2_000 },
	editBytes: { burst: 32 * 1024 * 1024, perSecond: 1024 * 1024 },
	/** Presence and questions, which are answered or handed to everybody. */
	others: { burst: 10_000, perSecond: 500 },
	otherBytes: { burst: 32 * 1024 * 1024, perSecond: 1024 * 1024 },
} as const;

/** What was taken is made up for in steps of this. */
const refillSeconds = 0.02;

type Kind = keyof typeof allowed;

/** Counts what a connection sends. */
export class Allowance {
	private readonly left: Record<Kind, number>;
	private at: number;
	private readonly now: () => number;

	constructor(now: () => number = () => performance.now()) {
		this.now = now;
		this.at = now();
		const { edits, editBytes, others, otherBytes } = allowed;
		this.left = {
			edits: edits.burst,
			editBytes: editBytes.burst,
			others: others.burst,
			otherBytes: otherBytes.burst,
		};
	}

	/** Takes one frame of edits; answers how many milliseconds to wait for the next, 0 within the allowance. */
	takeEdit(bytes: number): number {
		this.refill();
		const missing = Math.max(
			(1 - this.left.edits) / allowed.edits.perSecond,
			(bytes - this.left.editBytes) / allowed.editBytes.perSecond,
		);
		this.left.edits--;
		this.left.editBytes -= bytes;
		return Math.ceil(Math.max(0, missing) * 1000);
	}

	/** Takes one frame of another kind; false when the allowance is used up. */
	takeOther(bytes: number): boolean {
		this.refill();
		this.left.others--;
		this.left.otherBytes -= bytes;
		return this.left.others >= 0 && this.left.otherBytes >= 0;
	}

	private refill(): void {
		const now = this.now();
		const seconds = (now - this.at) / 1000;
		if (seconds < refillSeconds) return;
		this.at = now;
		for (const kind of Object.keys(allowed) as Kind[])
			this.left[kind] = Math.min(allowed[kind].burst, this.left[kind] + seconds * allowed[kind].perSecond);
	}
}
