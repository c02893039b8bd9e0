import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { DocumentLife } from './document-life.ts';
import type { CutEdit } from './edit-job.ts';
import { largeEditBytes } from './large-edits.ts';
import type { Peer } from './peer.ts';
import type { WorkTime } from './work-time.ts';

type HeldDeps = {
	/** Whose edits they are. */
	peer: Peer;
	life: DocumentLife;
	work: WorkTime;
	isClosed(): boolean;
	/** An edit can never be taken, or not by this server now. */
	refuse(problem: Problem): void;
	/** What was sent is no edit, or taking it failed. */
	broken(error: unknown): void;
};

type Held = {
	update: Uint8Array;
	isAnswer: boolean;
	heldAt: number;
	attempts: number;
	/** What was read of a large one; undefined before. */
	cut: CutEdit | null | undefined;
	isTaken: boolean;
};

/** What was held back is offered again this often, besides whenever something comes that it may have waited for. */
const retryMs = 500;
/** A frame from this size on is judged only while its account's time is not spent. */
const longFrameBytes = 16 * 1024;

/** Edits of one connection that were not taken yet, the first of which waits; they are taken in their order. */
export class HeldEdits {
	/** Whether its connection has gone and what it had sent is still judged, to its end. */
	isOffering = false;
	bytes = 0;
	private readonly deps: HeldDeps;
	private readonly all: Held[] = [];
	/** Whether the first of them is being read or taken beside all else, or half of another one stands in the document. */
	private isWaiting = false;
	private timer: NodeJS.Timeout | undefined;

	constructor(deps: HeldDeps) {
		this.deps = deps;
	}

	get isEmpty(): boolean {
		return this.all.length === 0;
	}

	/** Takes an edit, or holds it until it can be taken. False when too much is held already. */
	add(update: Uint8Array, isAnswer: boolean): boolean {
		this.bytes += update.length;
		if (this.bytes > limits.syncBacklogBytes) return false;
		this.all.push({
			update,
			isAnswer,
			heldAt: performance.now(),
			attempts: 0,
			cut: update.length < largeEditBytes ? null : undefined,
			isTaken: false,
		});
		if (this.all.length === 1) this.deps.peer.retry();
		return true;
	}

	/** The connection has gone: what somebody has sent who leaves by themselves is judged to its end, as half of it may have been taken, and nobody else may have it. */
	leave(isByThemselves: boolean): void {
		this.isOffering = isByThemselves && !this.isEmpty && this.deps.life.mayOffer();
		if (!this.isOffering) this.letGo();
	}

	/** Offers what is held again, until something has to wait. */
	retry(): void {
		try {
			for (let first = this.all[0]; first !== undefined && this.mayOffer(); first = this.all[0]) {
				if (!this.take(first)) return;
				this.all.shift();
				this.bytes -= first.update.length;
			}
		} catch (error) {
			this.deps.broken(error);
		}
		if (this.isOffering) this.endOffering();
	}

	/** Offers nothing by itself any more. */
	letGo(): void {
		if (this.timer === undefined) return;
		clearInterval(this.timer);
		this.timer = undefined;
	}

	private mayOffer(): boolean {
		return this.isOffering ? !this.deps.life.ended : !this.deps.isClosed();
	}

	private endOffering(): void {
		this.isOffering = false;
		this.all.length = 0;
		this.letGo();
		this.deps.life.forget(this.deps.peer);
	}

	private take(held: Held): boolean {
		const { life, work, peer } = this.deps;
		if (held.isTaken) return true;
		if (this.isWaiting) return false;
		if (life.large.isTaking) return this.goOnAfter(life.large.whole());
		const isCostly = held.attempts > 0 || held.update.length >= longFrameBytes;
		if (isCostly && !work.mayTake(peer.accountId)) return this.later();
		if (held.cut === undefined) return this.goOnAfter(this.cut(held));
		// Not to be judged yet is no waiting for others.
		if (held.attempts === 0) held.heldAt = performance.now();
		const attempt = held.attempts++;
		const waitedMs = attempt === 0 ? 0 : performance.now() - held.heldAt;
		try {
			const { isAnswer, update, cut } = held;
			const spent = (ms: number): void => work.add(peer.accountId, ms);
			const judge = () => life.receive(peer, update, { isAnswer, waitedMs, attempt, cut, spent });
			const taken = isCostly ? work.take(peer.accountId, judge) : judge();
			if (taken === false) return this.later();
			this.letGo();
			if (taken === true) return true;
			held.isTaken = true;
			return this.goOnAfter(taken);
		} catch (error) {
			if (!(error instanceof Problem) || this.isOffering) throw error;
			this.deps.refuse(error);
			return true;
		}
	}

	private async cut(held: Held): Promise<void> {
		const { life, work, peer } = this.deps;
		held.cut = await life.large.cut(held.update, peer.accountId);
		if (held.cut !== null) work.add(peer.accountId, held.cut.ms);
	}

	private goOnAfter(done: Promise<void>): false {
		this.isWaiting = true;
		done.then(
			() => {
				this.isWaiting = false;
				this.deps.peer.retry();
			},
			(error: unknown) => {
				this.isWaiting = false;
				this.deps.broken(error);
				if (this.isOffering) this.endOffering();
			},
		);
		return false;
	}

	private later(): false {
		this.timer ??= setInterval(() => this.deps.peer.retry(), retryMs);
		return false;
	}
}
