import type { ChangeSet } from '@codemirror/state';

/**
 * The two sides of a text that is written here and elsewhere, while they are apart: what was written here and is not told yet, and what came from
 * elsewhere and is not shown yet. Both begin from the same text; whoever takes one of them gets it in step with the other, so that both sides end with
 * the same text whatever the order.
 */
export class HeldChanges {
	/** Written here; the shared text does not have it. */
	own: ChangeSet | null = null;
	/** Written elsewhere; the editor does not have it. */
	theirs: ChangeSet | null = null;

	/** Takes in what was written in the editor. */
	write(changes: ChangeSet): void {
		this.own = this.own === null ? changes : this.own.compose(changes);
	}
	/** Takes in what happened to the shared text. */
	receive(changes: ChangeSet): void {
		this.theirs = this.theirs === null ? changes : this.theirs.compose(changes);
	}
	/** What the editor does not have, as a change of the text it has. */
	get forEditor(): ChangeSet | null {
		if (this.theirs === null || this.own === null) return this.theirs;
		return this.theirs.map(this.own, true);
	}
	/** The same, taken: the editor is going to have it. */
	deliver(): ChangeSet | null {
		const changes = this.forEditor;
		if (this.own !== null && this.theirs !== null) this.own = this.own.map(this.theirs);
		this.theirs = null;
		return changes;
	}
	/** What the shared text does not have, as a change of the text it has; taken: the shared text is going to have it. */
	release(): ChangeSet | null {
		const { own, theirs } = this;
		if (own === null) return null;
		this.own = null;
		if (theirs === null) return own;
		this.theirs = theirs.map(own, true);
		return own.map(theirs);
	}
	/** Where a place of the editor is in the shared text. */
	toShared(index: number): number {
		const before = this.own === null ? index : this.own.invertedDesc.mapPos(index);
		return this.theirs === null ? before : this.theirs.mapPos(before);
	}
	/** Where a place of the shared text is in the editor. */
	fromShared(index: number): number {
		const { own, theirs } = this;
		const before = theirs === null ? index : theirs.invertedDesc.mapPos(Math.min(index, theirs.newLength));
		return own === null ? before : own.mapPos(Math.min(before, own.length));
	}
}
