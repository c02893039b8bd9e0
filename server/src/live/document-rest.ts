import type { Log } from '@reelroom/shared/node/log.ts';

type RestDeps = {
	projectId: string;
	log: Pick<Log, 'warn'>;
	/** Whether somebody has it open, or it has ended. */
	isUsed(): boolean;
	/** False when it could not leave after all. */
	unload(): Promise<boolean>;
};

const unloadAfterMs = 30_000;

/** Has a document leave the memory when nobody has used it for a while. */
export class DocumentRest {
	private readonly deps: RestDeps;
	private timer: NodeJS.Timeout | undefined;

	constructor(deps: RestDeps) {
		this.deps = deps;
	}

	/** It was used just now. */
	touch(): void {
		this.end();
		if (this.deps.isUsed()) return;
		this.timer = setTimeout(() => void this.leave(), unloadAfterMs);
		this.timer.unref();
	}

	end(): void {
		clearTimeout(this.timer);
		this.timer = undefined;
	}

	private async leave(): Promise<void> {
		const { log, projectId, unload } = this.deps;
		const isLeft = await unload().catch((error: unknown) => {
			log.warn({ err: error, projectId }, 'could not unload a document');
			return false;
		});
		if (!isLeft) this.touch();
	}
}
