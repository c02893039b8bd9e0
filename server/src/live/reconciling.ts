import { limits } from '@reelroom/shared/limits.ts';
import type { Log } from '@reelroom/shared/node/log.ts';

type ReconcilingDeps = {
	projectId: string;
	log: Pick<Log, 'error'>;
	/** Whether half of an edit stands in the document, of which no scenes are to be made. */
	isHalf(): boolean;
	/** Brings what was typed into the document. */
	settle(): void;
	reconcile(): void;
};

/** Makes the scenes of one document follow its text, when that has rested for a moment. */
export class Reconciling {
	private readonly deps: ReconcilingDeps;
	private timer: NodeJS.Timeout | undefined;
	/** Whether the text has changed since. */
	private isStale = false;

	constructor(deps: ReconcilingDeps) {
		this.deps = deps;
	}

	/** Something was typed, perhaps in the text. */
	typed(): void {
		// Pushed on without a new timer: this comes with every letter.
		if (this.timer === undefined) this.timer = setTimeout(this.rested, limits.reconcileAfterMs);
		else this.timer.refresh();
	}

	/** The text has changed. */
	soon(): void {
		this.isStale = true;
		this.typed();
	}

	now(): void {
		this.end();
		this.isStale = false;
		this.deps.reconcile();
	}

	end(): void {
		clearTimeout(this.timer);
		this.timer = undefined;
	}

	private readonly rested = (): void => {
		if (this.deps.isHalf()) return void this.timer?.refresh();
		try {
			this.deps.settle();
			if (this.isStale) this.now();
			else this.end();
		} catch (error) {
			// One document that cannot be read must not end the process that holds all the others.
			this.deps.log.error({ err: error, projectId: this.deps.projectId }, 'could not reconcile a document');
		}
	};
}
