import type { Log } from '@reelroom/shared/node/log.ts';
import type { JournalRow } from '@reelroom/shared/node/stores/journal-store.ts';
import type { DocumentJournal } from './document-journal.ts';

type FollowingDeps = {
	projectId: string;
	log: Pick<Log, 'warn'>;
	journal: Pick<DocumentJournal, 'catchUp' | 'takeRow'>;
	ended(): boolean;
	/** More of what others wrote is there. */
	caughtUp(): void;
};

/** Takes what other servers write into the journal of one document, row by row as they tell, and all of it where some may be missing. */
export class DocumentFollowing {
	private readonly deps: FollowingDeps;
	private catchingUp: Promise<void> | null = null;
	private isToCatchUp = false;

	constructor(deps: FollowingDeps) {
		this.deps = deps;
	}

	async catchUp(): Promise<void> {
		await this.deps.journal.catchUp();
		this.deps.caughtUp();
	}

	/** Takes in a row, in this moment or behind those that are being taken. */
	takeRow(row: JournalRow): void | Promise<void> {
		const isGap = this.deps.journal.takeRow(row);
		const taken = (isGapBefore: boolean): void => {
			if (isGapBefore) this.catchUpSoon();
			this.deps.caughtUp();
		};
		return typeof isGap === 'boolean' ? taken(isGap) : isGap.then(taken);
	}

	/** Reads the journal from now on; while that is being done already, once more when it is done. */
	catchUpSoon(): void {
		const { log, projectId, ended } = this.deps;
		if (this.catchingUp !== null) return void (this.isToCatchUp = true);
		this.isToCatchUp = false;
		this.catchingUp = this.catchUp()
			.catch((error: unknown) => log.warn({ err: error, projectId }, 'could not read a journal again'))
			.finally(() => {
				this.catchingUp = null;
				if (this.isToCatchUp && !ended()) this.catchUpSoon();
			});
	}
}
