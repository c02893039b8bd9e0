import type { Log } from '@reelroom/shared/node/log.ts';
import { limits } from '@reelroom/shared/limits.ts';
import type { Role } from '@reelroom/shared/workspace/access.ts';

type Asker = { createdBy: string; projectId: string };

/**
 * Cancels what is left of people who may work in a project no more: their server may have died after it removed them and before it cancelled. Looks at once, as after
 * a crash, and then again and again, as the server that dies may be another one.
 */
export function sweepLeavers(deps: {
	/** Who has tasks waiting or running, and where. */
	askers(): Promise<Asker[]>;
	roleOf(accountId: string, projectId: string): Promise<Role | null>;
	cancelOf(accountId: string, projectIds: readonly string[]): Promise<void>;
	log: Pick<Log, 'warn' | 'info'>;
	everyMs?: number;
}): { close(): Promise<void> } {
	const { askers, roleOf, cancelOf, log, everyMs = limits.leaverSweepMs } = deps;
	let closed = false;
	async function sweep(): Promise<void> {
		for (const { createdBy, projectId } of await askers()) {
			if (closed) return;
			if ((await roleOf(createdBy, projectId)) !== null) continue;
			log.info({ accountId: createdBy, projectId }, 'tasks of somebody who is no member any more are cancelled');
			await cancelOf(createdBy, [projectId]);
		}
	}
	let sweeping: Promise<void> = Promise.resolve();
	const sweepSafely = (): void => {
		sweeping = sweeping
			.then(sweep)
			.catch((error: unknown) => log.warn({ err: error }, 'tasks of those who have left were not swept'));
	};
	const timer = setInterval(sweepSafely, everyMs);
	timer.unref();
	sweepSafely();
	return {
		async close() {
			closed = true;
			clearInterval(timer);
			await sweeping;
		},
	};
}
