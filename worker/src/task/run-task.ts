import { setTimeout as wait } from 'node:timers/promises';
import { limits } from '@reelroom/shared/limits.ts';
import { isDatabaseAway, patiently } from '@reelroom/shared/node/database-away.ts';
import { storageProblem } from '@reelroom/shared/node/files.ts';
import type { Charges } from '@reelroom/shared/node/charges.ts';
import type { PreviewStore } from '@reelroom/shared/node/stores/preview-store.ts';
import type { TaskClaims } from '@reelroom/shared/node/stores/task-claims.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { retryAtOf } from '@reelroom/shared/task/retry.ts';
import { makeFilm, makeTake, type Made, type MakeDeps, type Run } from './make.ts';
import { Stopped } from './stopped.ts';
import { createProgressTeller } from './tell-progress.ts';
import type { TaskEnds } from './task-ends.ts';

export type RunDeps = MakeDeps & {
	claims: Pick<TaskClaims, 'progress' | 'again' | 'release'>;
	ends: Pick<TaskEnds, 'end'>;
	charges: Pick<Charges, 'stands'>;
	previews: PreviewStore;
	/** How long one attempt may take, where that is not what the limits say. */
	limitMs?: number;
};

const restoreMs = 1_000;

/**
 * Runs one claimed task to its end. Everything it writes carries the claim: after a take-over the old worker's words are refused, and a take or film is
 * stored once per task. Stopped by `stop`: cancelled ends the task, closing gives it back, a lost claim is left to its new holder. Somebody else keeps the claim alive.
 * Says when only its end is yet to be written, and resolves then, with the instant from which it is to be tried again, if it is.
 */
export async function runTask(
	deps: RunDeps,
	task: TaskRecord,
	stop: AbortController,
	free: () => void,
): Promise<Date | null> {
	const { previews, log } = deps;
	const limit = AbortSignal.timeout(deps.limitMs ?? limits.taskMs[task.kind]);
	const signal = AbortSignal.any([stop.signal, limit]);
	const claimLost = () => stop.signal.reason instanceof Stopped && stop.signal.reason.reason === 'claim-lost';
	const teller = createProgressTeller(deps, task, stop);
	let told = false;
	try {
		// One that the database lost in a crash may be being made anew this very moment.
		const stands = () => patiently(() => deps.charges.stands(task), deps.leaseMs);
		if (!(await stands()) && !(await wait(restoreMs).then(stands))) throw new Problem('reservation-lost');
		const run: Run = {
			task,
			signal,
			isTakenOver: () => stop.signal.reason instanceof Stopped && stop.signal.reason.reason !== 'cancelled',
			tell: (progress) => {
				told ||= progress.preview !== undefined;
				return teller.tell(progress);
			},
		};
		const work: Promise<Made> =
			task.work.kind === 'render' ? makeFilm(deps, run, task.work.request) : makeTake(deps, run, task.work);
		const made = await heldTo(signal, work);
		free();
		// What is made is kept: a cancel or a limit that comes now is too late.
		await storeSuccess(deps, task, made);
		return null;
	} catch (error) {
		free();
		return await recordEnd(deps, task, reasonOf(error, stop.signal, limit, task)).catch((fault: unknown) => {
			// Its claim runs out, and another worker goes on with it.
			log.warn({ err: fault, taskId: task._id }, 'the end of a task was not written');
			return null;
		});
	} finally {
		await teller.close();
		// After a lost claim the preview is the new holder's.
		if (told && !claimLost())
			await previews
				.remove(task._id)
				.catch((error: unknown) => log.warn({ err: error, taskId: task._id }, 'a preview was left behind'));
	}
}

/** Why a run broke off: it was stopped, took too long, or failed. */
function reasonOf(error: unknown, stop: AbortSignal, limit: AbortSignal, { kind }: TaskRecord): unknown {
	if (error instanceof Stopped) return error;
	if (stop.aborted) return stop.reason;
	if (limit.aborted)
		return new Problem('time-limit', `One attempt may take ${Math.round(limits.taskMs[kind] / 60_000)} minutes`);
	return isDatabaseAway(error) ? new Problem('unavailable', undefined, { cause: error }) : error;
}

/** What comes of the work; once the signal has spoken the work has a moment to wind up, and is then left behind, whatever it does. */
async function heldTo<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
	const { promise: late, reject: leave } = Promise.withResolvers<never>();
	let moment: NodeJS.Timeout | undefined;
	const stopped = () => void (moment = setTimeout(() => leave(signal.reason), limits.taskStopMs));
	signal.addEventListener('abort', stopped, { once: true });
	if (signal.aborted) stopped();
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(moment);
		signal.removeEventListener('abort', stopped);
		// Nobody hears what the one that was left behind comes to.
		work.catch(() => {});
		late.catch(() => {});
	}
}

/** Writes that a task succeeded. When that fails, the claim runs out and whoever takes over finds what was made: it must not become a failure. */
async function storeSuccess({ tasks, ends, takes, films, log }: RunDeps, task: TaskRecord, made: Made): Promise<void> {
	try {
		if (await ends.end(task, 'succeeded', made)) return;
		// Its project was deleted between the last look and the storing: nobody will ever ask for what was made.
		if ((await tasks.find(task._id)) === null)
			await Promise.all([takes.removeOfTask(task._id), films.removeOfTask(task._id)]);
	} catch (error) {
		log.warn({ err: error, taskId: task._id }, 'the success was not written');
	}
	throw new Stopped('claim-lost');
}

/** Writes how an attempt that did not succeed ended: for good, or to be tried again where the fault passes by itself; answers when. */
async function recordEnd(
	{ claims, ends, takes, log, leaseMs, now }: RunDeps,
	task: TaskRecord,
	error: unknown,
): Promise<Date | null> {
	const { _id, claim, attempt } = task;
	if (error instanceof Stopped) {
		if (error.reason === 'cancelled' && (await ends.end(task, 'cancelled'))) await takes.discardOfTask(_id, now());
		if (error.reason === 'closing' && (await patiently(() => claims.release(_id, claim, now()), leaseMs)) === null)
			await ends.end(task, 'cancelled');
		return null;
	}
	const failure = error instanceof Problem ? error : (storageProblem(error) ?? new Problem('internal'));
	const { code, message } = failure;
	const problem = { code, detail: message };
	const again = retryAtOf({ code, attempt, waitUntil: waitUntilOf(failure, now()), now: now(), random: Math.random });
	if (again !== null) {
		log.warn({ err: error, taskId: _id, retryAt: again }, 'the task failed and is tried again');
		const about = { problem, retryAt: again, now: now() };
		if ((await patiently(() => claims.again(_id, claim, about), leaseMs)) !== null) return again;
	} else log.error({ err: error, taskId: _id }, 'the task failed');
	// One that was to be cancelled when it failed is cancelled.
	if (again !== null || !(await ends.end(task, 'failed', { problem }))) await ends.end(task, 'cancelled');
	return null;
}

/** Until when whoever failed asked to be left alone. */
const waitUntilOf = ({ retryAfterMs, retryAt }: Problem, now: Date): Date | undefined => {
	if (retryAfterMs !== undefined) return new Date(now.getTime() + retryAfterMs);
	return retryAt === undefined ? undefined : new Date(retryAt);
};
