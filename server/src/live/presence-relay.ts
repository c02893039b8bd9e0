import type { Bus } from '@reelroom/shared/node/bus.ts';
import type { PresenceRecord, PresenceStore } from '@reelroom/shared/node/stores/presence-store.ts';
import type { DocumentPresence, Word } from './document-presence.ts';

/** Words of presence are gathered this long before other servers hear them, and so many at once. */
const [gatherMs, mostAtOnce] = [200, 200];
const beatMs = 1_000;
/** A server that has heard of no other one for so long beats only once in so many times; whoever comes beats at once. */
const alone = { afterMs: 60_000, oneIn: 10 };
/** A server that was not heard of for so long is taken for dead, and its clients for gone. */
const silentMs = 2_500;

export type PresenceRelay = {
	told(projectId: string, clientId: number, word: Word): void;
	/** A document was opened here: who is in it elsewhere is told. */
	opened(projectId: string, presence: DocumentPresence): Promise<void>;
	close(): Promise<void>;
};

/** Carries presence from server to server, at a low rate and only while there is another one; a dead server's clients vanish. */
export function createPresenceRelay(deps: {
	store: PresenceStore;
	bus: Bus;
	serverId: string;
	/** The documents that are open here. */
	open: () => Iterable<readonly [projectId: string, presence: DocumentPresence]>;
	onError: (error: unknown) => void;
}): PresenceRelay {
	const { store, bus, serverId, open, onError } = deps;
	const heardAt = new Map<string, number>();
	let lastHeardAt = performance.now();
	let beats = 0;
	const waiting = new Map<string, PresenceRecord>();
	let gathering: NodeJS.Timeout | undefined;

	function told(projectId: string, clientId: number, { clock, state }: Word): void {
		// Nobody would read it; whoever comes is told all.
		if (heardAt.size === 0) return;
		const _id = `${projectId}/${clientId}`;
		waiting.set(_id, { _id, projectId, serverId, clientId, clock, state, at: new Date() });
		gathering ??= setTimeout(write, gatherMs);
	}

	function write(): void {
		const records = [...waiting.values()].slice(0, mostAtOnce);
		for (const { _id } of records) waiting.delete(_id);
		gathering = waiting.size > 0 ? setTimeout(write, gatherMs) : undefined;
		store.put(records).catch(onError);
	}

	function hear({ _id: other }: { _id: string }): void {
		if (other === serverId) return;
		const isNew = !heardAt.has(other);
		lastHeardAt = performance.now();
		heardAt.set(other, lastHeardAt);
		if (!isNew) return;
		// It has heard nothing of us yet, nor we of it.
		for (const [projectId, presence] of open()) {
			for (const [clientId, word] of presence.own) told(projectId, clientId, word);
			void opened(projectId, presence);
		}
	}

	async function opened(projectId: string, presence: DocumentPresence): Promise<void> {
		if (heardAt.size === 0) return;
		try {
			for (const record of await store.list(projectId))
				if (heardAt.has(record.serverId) && record.state !== 'null')
					presence.hear(record.serverId, record.clientId, record);
		} catch (error) {
			onError(error);
		}
	}

	function beat(): void {
		const isAlone = performance.now() - lastHeardAt > alone.afterMs;
		if (beats++ % (isAlone ? alone.oneIn : 1) === 0) store.beat(serverId, new Date()).catch(onError);
		for (const [other, at] of [...heardAt]) {
			if (performance.now() - at < silentMs) continue;
			heardAt.delete(other);
			for (const [, presence] of open()) presence.forget(other);
		}
	}

	const ends = [
		bus.on('beats', hear),
		bus.on('presences', (record) => {
			if (record.serverId === serverId) return;
			hear({ _id: record.serverId });
			for (const [projectId, presence] of open())
				if (projectId === record.projectId) presence.hear(record.serverId, record.clientId, record);
		}),
	];
	const beating = setInterval(beat, beatMs);
	beating.unref();
	beat();
	return {
		told,
		opened,
		async close() {
			clearInterval(beating);
			clearTimeout(gathering);
			for (const end of ends) end();
			await store.end(serverId).catch(onError);
		},
	};
}
