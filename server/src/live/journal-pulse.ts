/** A document with something to write; answers how many were told. */
export type Beating = { beat(): void; readonly heard: number };

const gatherMs = { least: 8, most: 75 };
/** What a document and each acknowledgement add to the wait: the more there is to write, the more is written at once. */
const [msPerDocument, msPerAcknowledgement] = [1, 0.25];
/** Nobody's letter waits longer for the documents that beat. */
const sliceMs = 0.7;

/** One beat for all documents of a server, at which all that has gathered goes to the journal together. */
export class JournalPulse {
	private readonly waiting = new Set<Beating>();
	/** Those that beat at present, some in each turn of the event loop. */
	private readonly due = new Set<Beating>();
	private timer: NodeJS.Timeout | undefined;
	private waitMs = gatherMs.least;

	/** Has the document beat soon, or at once. */
	add(life: Beating, isUrgent: boolean): void {
		this.waiting.add(life);
		if (this.timer !== undefined && !isUrgent) return;
		clearTimeout(this.timer);
		this.timer = setTimeout(this.beat, isUrgent ? 0 : this.waitMs);
	}

	remove(life: Beating): void {
		this.waiting.delete(life);
		this.due.delete(life);
	}

	private readonly beat = (): void => {
		this.timer = undefined;
		const lives = [...this.waiting];
		this.waiting.clear();
		const heard = lives.reduce((sum, life) => sum + life.heard, 0);
		const wanted = gatherMs.least + lives.length * msPerDocument + heard * msPerAcknowledgement;
		this.waitMs = Math.min(gatherMs.most, wanted);
		const isBeating = this.due.size > 0;
		for (const life of lives) this.due.add(life);
		if (!isBeating) this.goOn();
	};

	private readonly goOn = (): void => {
		const began = performance.now();
		for (const life of this.due) {
			this.due.delete(life);
			life.beat();
			if (performance.now() - began >= sliceMs) break;
		}
		if (this.due.size > 0) setImmediate(this.goOn);
	};
}
