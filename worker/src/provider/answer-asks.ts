import type { Bus } from '@reelroom/shared/node/bus.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { AskRecord, AskStore } from '@reelroom/shared/node/stores/ask-store.ts';
import type { CredentialStore } from '@reelroom/shared/node/stores/credential-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { CheckCredential } from './check-credential.ts';
import type { Credentials } from './credentials.ts';

export type AnswerAsksDeps = {
	asks: AskStore;
	credentials: Pick<Credentials, 'open'>;
	store: CredentialStore;
	check: CheckCredential;
	bus: Bus;
	log: Log;
	workerId: string;
	now: () => Date;
};
/** What was asked longer ago nobody waits for. */
const freshMs = 30_000;

/** Hears what servers ask and does it; of several workers one takes it. `close` waits for what is under way. */
export function answerAsks({ asks, credentials, store, check, bus, log, workerId, now }: AnswerAsksDeps) {
	/** Tries a key and notes how it went with the key, as long as it is the same one. */
	async function checkCredential({ work }: AskRecord): Promise<void> {
		const record = await store.find(work.workspaceId, work.service);
		if (record === null) throw new Problem('not-found');
		const { _id, revision, kind } = record;
		try {
			const listed = await check(kind, await credentials.open(record));
			await store.noteCheck(_id, revision, { at: now(), ok: true, code: null, detail: '' }, listed);
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			const told = { at: now(), ok: false, code: error.code, detail: error.detail ?? '' };
			await store.noteCheck(_id, revision, told, []);
		}
	}
	const answer = async (id: string): Promise<void> => {
		const taken = await asks.take(id, workerId);
		if (taken === null) return;
		try {
			await checkCredential(taken);
			await asks.end(id, workerId, null);
		} catch (error) {
			const problem = error instanceof Problem ? error : new Problem('internal');
			if (problem !== error) log.error({ err: error, askId: id }, 'what a server asked for failed');
			await asks.end(id, workerId, { code: problem.code, detail: problem.message });
		}
	};
	const underWay = new Set<Promise<void>>();
	const begin = (id: string): void => {
		const turn = answer(id)
			.catch((error: unknown) => log.warn({ err: error, askId: id }, 'what a server asked for was not answered'))
			.finally(() => underWay.delete(turn));
		underWay.add(turn);
	};
	const unhear = bus.on('asks', ({ _id, status }) => {
		if (status === 'asked') begin(_id);
	});
	// What was asked while nobody heard.
	const first = asks
		.waiting(new Date(now().getTime() - freshMs))
		.then((waiting) => waiting.forEach(({ _id }) => begin(_id)))
		.catch((error: unknown) => log.warn({ err: error }, 'what servers had asked for was not read'));
	return {
		async close(): Promise<void> {
			unhear();
			await first;
			await Promise.all(underWay);
		},
	};
}
