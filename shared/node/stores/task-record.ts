import type { Waiting } from '../../src/task/waiting.ts';
import type { Charge } from './quota-store.ts';
import { limits } from '../../src/limits.ts';
import type { Refused, Task, TaskAttempt, TaskDetails, TaskKind, TaskStatus, TaskWork } from '../../src/task/task.ts';

/** One time that a worker took a task up; without an end it runs. */
export type AttemptRecord = {
	startedAt: Date;
	worker: string;
	node?: string;
	endedAt?: Date;
	outcome?: TaskAttempt['outcome'];
	problem?: NonNullable<Task['problem']>;
	retryAt?: Date;
};
export type TaskRecord = {
	_id: string;
	projectId: string;
	kind: TaskKind;
	shotId: string | null;
	label: string;
	provider: string;
	style: string;
	status: TaskStatus;
	/** Grows with every claim; a write with an older number is refused. */
	claim: number;
	attempt: number;
	/** By the number of their claim. */
	attempts?: Record<string, AttemptRecord>;
	workerId: string | null;
	leaseUntil: Date | null;
	progress: Task['progress'];
	problem: Task['problem'];
	/** Not before then does it go on; none for at once. */
	retryAt?: Date | null;
	takeId: string | null;
	filmId: string | null;
	work: TaskWork;
	createdBy: string;
	createdByName: string;
	createdAt: Date;
	/** When it last came into the queue. */
	queuedAt: Date;
	/** Its turn there: the smallest of a kind is next. */
	turn?: number;
	/** How many tasks of its kind whoever asked may have running at once; none for any number. */
	atOnce?: number | null;
	/** By what its time is learned: the same for tasks that take about as long. */
	timeKey?: string;
	/** The claim under which what it made is being stored: then it is too late to cancel. */
	sealed?: number;
	/** While it runs, the place that it takes among those of whoever asked: no two tasks have the same. */
	slot?: string;
	startedAt: Date | null;
	finishedAt: Date | null;
	revision: number;
	/**
	 * Where a provider does its work elsewhere, kept before it is sent off. A retry by hand begins anew, unless what was sent may be out there and costs money
	 * (`isPaid`): that is gone on with, and nothing is paid twice unless somebody who was told that nobody knows asks for it.
	 */
	providerReference?: { node: string; promptId: string; clientId?: string; isPaid?: true } | null;
	/** Of a task that was asked for under an idempotency key: the key with its account, the task's place in the reply, and a digest of what was asked and, at the first, what else was answered. */
	request?: RequestMark & { place: number; told?: { left?: number; refused?: Refused } };
	/** When it was deleted; it is kept for its request and its charge. */
	deletedAt?: Date;
	/** What it has reserved of its asker's plan; none where it costs nothing. */
	charge?: Charge | null;
	/** Digest of everything that its take is made of. */
	fingerprint?: string;
	/** Of one whose seed is not by chance, its workspace and fingerprint: whoever asks for the same there gets the same take. */
	recipeKey?: string;
	/** Its take had been made before: it costs nothing. */
	cached?: true;
};
export type RequestMark = { key: string; digest: string };
/** A task at its end, as far as its charge is settled by it. */
export type EndedTask = Pick<TaskRecord, '_id' | 'status' | 'charge' | 'cached'>;

const isoOf = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

/** By what the time of a task is learned. */
export const timeKeyOf = ({ kind, provider, timeKey }: Pick<TaskRecord, 'kind' | 'provider' | 'timeKey'>): string =>
	timeKey ?? `${kind}/${provider}`;

/** The record as clients see it; `waiting` says how it stands in the queue. */
export const toTask = (record: TaskRecord, waiting: Waiting | null): Task => ({
	id: record._id,
	projectId: record.projectId,
	kind: record.kind,
	shotId: record.shotId,
	label: record.label,
	provider: record.provider,
	style: record.style,
	status: record.status,
	place: record.status === 'queued' ? (waiting?.place ?? null) : null,
	why: record.status === 'queued' ? (waiting?.why ?? 'turn') : null,
	eta: record.status === 'queued' ? (waiting?.eta ?? null) : null,
	attempt: record.attempt,
	retryAt: record.status === 'queued' ? isoOf(record.retryAt) : null,
	progress: record.progress,
	problem: record.problem,
	takeId: record.takeId,
	...(record.cached === true ? { cached: true } : {}),
	filmId: record.filmId,
	createdBy: record.createdBy,
	createdByName: record.createdByName,
	createdAt: record.createdAt.toISOString(),
	startedAt: isoOf(record.startedAt),
	finishedAt: isoOf(record.finishedAt),
	revision: record.revision,
});

/** Numbers of the claims whose attempts are told, oldest first. */
const claimsTold = (attempts: TaskRecord['attempts']): number[] =>
	Object.keys(attempts ?? {})
		.map(Number)
		.sort((a, b) => a - b);

/** Keys of attempts that are too many to be kept. */
export const attemptsToForget = (attempts: TaskRecord['attempts']): string[] =>
	claimsTold(attempts).slice(0, -limits.attemptsKept).map(String);

/** Everything that is known of a task. */
export function toDetails(record: TaskRecord, task: Task): TaskDetails {
	const attempts = claimsTold(record.attempts).flatMap((claim): Omit<TaskAttempt, 'number'>[] => {
		const attempt = record.attempts?.[claim];
		// One that began before attempts were kept has no beginning.
		if (attempt?.startedAt === undefined) return [];
		return [
			{
				worker: attempt.worker,
				node: attempt.node ?? null,
				startedAt: attempt.startedAt.toISOString(),
				endedAt: isoOf(attempt.endedAt),
				outcome: attempt.outcome ?? 'running',
				problem: attempt.problem ?? null,
				retryAt: isoOf(attempt.retryAt),
			},
		];
	});
	const { shots: _shots, ...request } = record.work.request as Record<string, unknown>;
	return {
		task,
		attempts: attempts.map((attempt, index) => ({ number: index + 1, ...attempt })),
		mostAttempts: limits.taskAttempts,
		limitMs: limits.taskMs[record.kind],
		request,
	};
}
