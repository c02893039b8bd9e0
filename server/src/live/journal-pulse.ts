/** A document with something to write; answers how many were told. */
export type Beating = { beat(): void; readonly heard: number };

const gatherMs = { least: 8, most: 60 };
/** What a document and each acknowledgement add to the wait: the more there is to write, the more is written at once. */
const [msPerDocument, msPerAcknowledgement] = [1, 0.25];

/** One beat for all documents of a server, at which all that has gathered goes to the journal together. */
export class JournalPulse {
	private readonly waiting = new Set<Beating>();
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
	}

	private readonly beat = (): void => {
		this.timer = undefined;
		const lives = [...this.waiting];
		this.waiting.clear();
		const heard = lives.reduce((sum, life) => sum + life.heard, 0);
		const wanted = gatherMs.least + lives.length * msPerDocument + heard * msPerAcknowledgement;
		this.waitMs = Math.min(gatherMs.most, wanted);
		for (const life of lives) life.beat();
	};
}
