import { setTimeout as wait } from 'node:timers/promises';
import type { ChangeStream, ChangeStreamDocument, ChangeStreamOptions, ResumeToken } from 'mongodb';
import type { Log } from './log.ts';
import { quietMs } from './quiet.ts';

const reopenAfterMs = 500;
/** When changes come one upon the other the next ones are asked for together: each question costs the database as much as what it answers. */
const gatherMs = 8;
const quickMs = 16;
const fewAtOnce = 4;

/** How many changes have been read that were not told yet. */
const waitingIn = (stream: ChangeStream): number =>
	(stream as unknown as { cursor?: { bufferedCount?(): number } }).cursor?.bufferedCount?.() ?? 1;

/** Follows a change stream from this moment on, and goes on where it was after a lost connection; `missed` is called when it cannot be said what happened meanwhile. */
export async function followChanges({
	watch,
	hear,
	missed = () => {},
	gathers = false,
	log,
}: {
	watch: (options: ChangeStreamOptions) => ChangeStream;
	hear: (change: ChangeStreamDocument) => void;
	missed?: () => void;
	/** Whether many changes at once may come a few milliseconds later, together. */
	gathers?: boolean;
	log: Log;
}): Promise<{ close(): Promise<void> }> {
	let stream: ChangeStream | undefined;
	let token: ResumeToken;
	let closed = false;
	let retry: NodeJS.Timeout | undefined;

	const lost = (error: unknown) => {
		if (closed) return;
		log.warn({ err: error }, 'the change stream was lost');
		// A token that has left the oplog would fail for ever.
		if ((error as { code?: number }).code === 286) {
			token = undefined;
			missed();
		}
		void stream?.close().catch(() => {});
		retry = setTimeout(() => void open(), reopenAfterMs);
	};
	const told = (change: ChangeStreamDocument) => {
		token = change._id;
		hear(change);
	};
	const follow = async (opened: ChangeStream) => {
		try {
			let quickSince = 0;
			let quick = 0;
			for await (const change of opened) {
				told(change);
				const at = performance.now();
				if (at - quickSince > quickMs) [quickSince, quick] = [at, 0];
				if (!gathers || ++quick < fewAtOnce || waitingIn(opened) > 0) continue;
				await wait(gatherMs);
				// Goes on as it is while more has come than one by one would.
				[quickSince, quick] = [performance.now(), fewAtOnce - 1];
			}
		} catch (error) {
			lost(error);
		}
	};
	/** A token for this moment. `watch` is lazy and its first look would wait a second, so a short-lived one looks; nothing after it is missed. */
	const present = async (): Promise<ResumeToken> => {
		const look = watch({ maxAwaitTimeMS: 1 });
		stream = look;
		try {
			const first = await look.tryNext();
			if (first !== null) told(first);
			return first === null ? look.resumeToken : first._id;
		} finally {
			await look.close();
		}
	};
	const open = async () => {
		if (closed) return;
		try {
			token ??= await present();
			const opened = watch({ maxAwaitTimeMS: quietMs, ...(token === undefined ? {} : { resumeAfter: token }) });
			stream = opened;
			void follow(opened);
		} catch (error) {
			lost(error);
		}
	};
	await open();
	return {
		async close() {
			closed = true;
			clearTimeout(retry);
			await stream?.close();
		},
	};
}
