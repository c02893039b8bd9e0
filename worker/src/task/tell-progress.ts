import { isDatabaseAway } from '@reelroom/shared/node/database-away.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { PreviewStore } from '@reelroom/shared/node/stores/preview-store.ts';
import type { TaskClaims } from '@reelroom/shared/node/stores/task-claims.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import type { Run } from './make.ts';
import { Stopped, whyStopped } from './stopped.ts';

export type TellProgressDeps = {
	claims: Pick<TaskClaims, 'progress'>;
	tasks: Pick<TaskStore, 'find'>;
	previews: Pick<PreviewStore, 'put'>;
	log: Log;
	now: () => Date;
	/** How often it is told at most. */
	everyMs?: number;
};
type Progress = Parameters<Run['tell']>[0];
/** Faster than this nobody can follow it, and everybody who looks at the project is told: less than ten times a second. */
const progressMs = 105;
/** A number waits so long for the picture that a sampler shows with it, and longer where there were some: it must not keep the next one waiting. */
const pictureMs = 25;
const nextPictureMs = 300;
const stillShownMs = 1_000;

/**
 * Tells how a task goes on, with the time that is left by the pace so far: a picture at once, and all of it ten times a second at most, always the last that was
 * said. A refused write means cancelled or taken over, and stops the run. `close` waits until nothing is being told any more; what is left is dropped, as its end
 * is told.
 */
export function createProgressTeller(
	{ claims, tasks, previews, log, now, everyMs = progressMs }: TellProgressDeps,
	task: Pick<TaskRecord, '_id' | 'claim' | 'projectId' | 'shotId'>,
	stop: AbortController,
): { tell: Run['tell']; close(): Promise<void> } {
	const began = now().getTime();
	let waiting: Progress | null = null;
	let writing: Promise<void> | null = null;
	let timer: NodeJS.Timeout | undefined;
	let dueAt: number | null = null;
	let lastAt = -Infinity;
	let lastPictureAt = -Infinity;
	let isClosed = false;

	const write = async ({ stage, value, max, preview }: Progress): Promise<void> => {
		const { _id, claim, projectId, shotId } = task;
		const share = max > 0 ? value / max : 0;
		const etaMs = share > 0 ? Math.round(((now().getTime() - began) / share) * (1 - share)) : null;
		try {
			if (await claims.progress(_id, claim, { stage, value, max, etaMs }, now())) {
				if (preview === undefined) return;
				return await previews.put({ _id, projectId, shotId, stage, bytes: preview, at: now() });
			}
			stop.abort(new Stopped(whyStopped(await tasks.find(_id))));
		} catch (error) {
			// Nobody sees it; the work goes on all the same.
			if (!isDatabaseAway(error)) throw error;
			log.debug({ err: error, taskId: _id }, 'progress was not told');
		}
	};
	/** Tells what waits, when it may. */
	const tellWaiting = (): Promise<void> => {
		const next = waiting;
		if (next === null || writing !== null || isClosed || stop.signal.aborted) return Promise.resolve();
		const at = performance.now();
		dueAt ??= at + (at - lastPictureAt < stillShownMs ? nextPictureMs : pictureMs);
		const inMs = Math.max(lastAt + everyMs, next.preview === undefined ? dueAt : 0) - at;
		clearTimeout(timer);
		if (inMs > 0) {
			timer = setTimeout(tellBehind, inMs);
			return Promise.resolve();
		}
		[waiting, dueAt, lastAt] = [null, null, at];
		if (next.preview !== undefined) lastPictureAt = at;
		writing = write(next).finally(() => {
			writing = null;
			tellBehind();
		});
		return writing;
	};
	/** What cannot be written ends the run, as it does while it is waited for. */
	const tellBehind = (): void => void tellWaiting().catch((error: unknown) => stop.abort(error));
	return {
		async tell(progress) {
			// A picture that was not told yet is not forgotten for a number.
			const preview = progress.preview ?? waiting?.preview;
			waiting = { ...progress, ...(preview === undefined ? {} : { preview }) };
			await tellWaiting();
			stop.signal.throwIfAborted();
		},
		async close() {
			isClosed = true;
			clearTimeout(timer);
			await writing?.catch(() => {});
		},
	};
}
