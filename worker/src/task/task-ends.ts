import { createGather } from '@reelroom/shared/node/gather.ts';
import { patiently } from '@reelroom/shared/node/database-away.ts';
import type { Charges } from '@reelroom/shared/node/charges.ts';
import type { TaskClaims, TaskEnd } from '@reelroom/shared/node/stores/task-claims.ts';
import { timeKeyOf, type TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';

export type TaskEnds = ReturnType<typeof createTaskEnds>;

/**
 * Writes how tasks end, those that end at the same time together, and settles what they had reserved behind it. While the database is away it tries again for
 * as long as a claim lives; after that another worker takes the task up, and finds what was made.
 */
export function createTaskEnds({
	claims,
	charges,
	learn = () => {},
	leaseMs,
	now,
}: {
	claims: Pick<TaskClaims, 'finishMany'>;
	charges: Pick<Charges, 'settle'>;
	/** Hears of every task that succeeded how long it took. */
	learn?: (timeKey: string, ms: number) => void;
	leaseMs: number;
	now: () => Date;
}) {
	const finish = createGather((ends: TaskEnd[]) => patiently(() => claims.finishMany(ends), leaseMs));
	const settling = new Set<Promise<void>>();
	return {
		/** Writes the end of a task; false when its claim is lost, or when it is being cancelled and has not succeeded. */
		async end(
			task: TaskRecord,
			to: TaskEnd['to'],
			about: Pick<TaskEnd, 'problem' | 'takeId' | 'filmId' | 'cached'> = {},
		): Promise<boolean> {
			const at = now();
			const written = await finish({ id: task._id, claim: task.claim, to, at, ...about });
			if (written) {
				// What was there already says nothing of how long it takes.
				const { cached } = about;
				if (to === 'succeeded' && cached !== true && task.startedAt !== null)
					learn(timeKeyOf(task), at.getTime() - task.startedAt.getTime());
				const settled = charges
					.settle({ ...task, status: to, ...(cached === true ? { cached } : {}) })
					.finally(() => settling.delete(settled));
				settling.add(settled);
			}
			return written;
		},
		/** Waits until everything that has ended is settled. */
		settled: async (): Promise<void> => void (await Promise.all(settling)),
	};
}
