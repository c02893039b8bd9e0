import type { Bus } from '@reelroom/shared/node/bus.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { HintRecord, HintStore } from '@reelroom/shared/node/stores/hint-store.ts';

type Happening = Pick<HintRecord, 'kind' | 'projectIds' | 'accountId'>;

/**
 * Tells the other servers of this database what this one did and they must act upon at once, and hears it of them. A hint may be lost: whoever missed it
 * finds the truth at its next look (rights are asked anew with each write).
 */
export function createOtherServers(deps: {
	hints: HintStore;
	bus: Bus;
	log: Log;
	now: () => Date;
	newId: () => string;
	heard: (happening: Happening) => void;
}) {
	const { hints, bus, log, now, newId } = deps;
	const serverId = newId();
	const close = bus.on('hints', ({ serverId: from, kind, projectIds, accountId }) => {
		if (from !== serverId) deps.heard({ kind, projectIds, accountId });
	});
	return {
		tell: (happening: Happening): void =>
			void hints
				.put({ _id: newId(), serverId, at: now(), ...happening })
				.catch((error: unknown) => log.warn({ err: error }, 'other servers could not be told')),
		close,
	};
}
