/** What one connection may send: a burst at once, and then so much a second. Far above any person, far below what would hold others up. */
const allowed = {
	frames: { burst: 10_000, perSecond: 500 },
	bytes: { burst: 32 * 1024 * 1024, perSecond: 1024 * 1024 },
} as const;

/** Counts what a connection sends. */
export class Allowance {
	private frames: number = allowed.frames.burst;
	private bytes: number = allowed.bytes.burst;
	private at: number;
	private readonly now: () => number;

	constructor(now: () => number = () => performance.now()) {
		this.now = now;
		this.at = now();
	}

	/** Takes one frame; false when the allowance is used up. */
	take(frameBytes: number): boolean {
		const now = this.now();
		const seconds = (now - this.at) / 1000;
		this.at = now;
		this.frames = Math.min(allowed.frames.burst, this.frames + seconds * allowed.frames.perSecond) - 1;
		this.bytes = Math.min(allowed.bytes.burst, this.bytes + seconds * allowed.bytes.perSecond) - frameBytes;
		return this.frames >= 0 && this.bytes >= 0;
	}
}
