import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';

/** What a refused write means: somebody cancelled the task, or its project is gone, which nobody goes on with; or another worker has it. */
export const whyStopped = (task: Pick<TaskRecord, 'status'> | null): 'cancelled' | 'claim-lost' =>
	task === null || task.status === 'cancelling' || task.status === 'cancelled' ? 'cancelled' : 'claim-lost';

/** Why a run was stopped from outside. */
export class Stopped extends Error {
	readonly reason: 'cancelled' | 'claim-lost' | 'closing';
	constructor(reason: 'cancelled' | 'claim-lost' | 'closing') {
		super(`The task was stopped: ${reason}`);
		this.name = 'Stopped';
		this.reason = reason;
	}
}
