import { setTimeout as wait } from 'node:timers/promises';
import { MongoError, MongoServerError } from 'mongodb';

const names: ReadonlySet<string> = new Set([
	'MongoServerSelectionError',
	'MongoNotConnectedError',
	'MongoNetworkError',
	'MongoNetworkTimeoutError',
	'MongoPoolClearedError',
	'MongoOperationTimeoutError',
	'MongoWriteConcernError',
]);
/** It shuts down, has shut down or is not the primary any more. */
const codes: ReadonlySet<number> = new Set([91, 189, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** Whether a fault says that the database was away: what was asked may have been done or not. It is looked for in the causes, too. */
export function isDatabaseAway(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	if (names.has(error.name)) return true;
	if (error instanceof MongoServerError && codes.has(Number(error.code))) return true;
	if (error instanceof MongoError && error.hasErrorLabel('RetryableWriteError')) return true;
	return error.cause !== undefined && isDatabaseAway(error.cause);
}

/** Does something that may be done twice, and again while the database is away, for at most so long. */
export async function patiently<T>(work: () => Promise<T>, limitMs: number, signal?: AbortSignal): Promise<T> {
	const until = Date.now() + limitMs;
	for (let pauseMs = 50; ; pauseMs = Math.min(500, pauseMs * 2)) {
		try {
			return await work();
		} catch (error) {
			if (!isDatabaseAway(error) || Date.now() + pauseMs > until) throw error;
			await wait(pauseMs, undefined, signal === undefined ? {} : { signal });
		}
	}
}
