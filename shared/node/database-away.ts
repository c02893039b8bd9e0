import { setTimeout as wait } from 'node:timers/promises';
import { MongoError, MongoServerError } from 'mongodb';

/** This process has taken its leave of the database: no trying again brings it back. */
const closed = 'MongoClientClosedError';
const names: ReadonlySet<string> = new Set([
	'MongoServerSelectionError',
	'MongoNotConnectedError',
	'MongoNetworkError',
	'MongoNetworkTimeoutError',
	'MongoPoolClearedError',
	'MongoOperationTimeoutError',
	'MongoWriteConcernError',
	closed,
]);
/** It shuts down, has shut down or is not the primary any more. */
const codes: ReadonlySet<number> = new Set([91, 189, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** The driver lets one fault of the network out as it is: a question asked at the very moment when the database closes the connection. */
const isClosedOn = ({ code, stack = '' }: NodeJS.ErrnoException): boolean =>
	code === 'EPIPE' && /mongodb\/lib\/cmap/.test(stack);

/** Whether a fault says that the database was away: what was asked may have been done or not. It is looked for in the causes, too. */
export function isDatabaseAway(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	if (names.has(error.name) || isClosedOn(error)) return true;
	if (error instanceof MongoServerError && codes.has(Number(error.code))) return true;
	if (error instanceof MongoError && error.hasErrorLabel('RetryableWriteError')) return true;
	// What broke off a write of many is wrapped in the report of what was written.
	const { errorResponse, cause } = error as Error & { errorResponse?: unknown };
	return [errorResponse, cause].some(isDatabaseAway);
}

/** Does something that may be done twice, and again while the database is away, for at most so long. */
export async function patiently<T>(work: () => Promise<T>, limitMs: number, signal?: AbortSignal): Promise<T> {
	const until = Date.now() + limitMs;
	for (let pauseMs = 50; ; pauseMs = Math.min(500, pauseMs * 2)) {
		try {
			return await work();
		} catch (error) {
			const isOver = Date.now() + pauseMs > until || (error instanceof Error && error.name === closed);
			if (!isDatabaseAway(error) || isOver) throw error;
			await wait(pauseMs, undefined, signal === undefined ? {} : { signal });
		}
	}
}
