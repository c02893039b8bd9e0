import type { Ringer, RungTask } from '@reelroom/shared/node/bell.ts';
import type { Queue } from '@reelroom/shared/node/queue.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { SceneJob } from '@reelroom/shared/task/job.ts';

/** Tells the workers that tasks wait whose documents are written; `only` where it is just this one. */
export type Announce = (job: SceneJob, only?: TaskRecord) => void;

const toRung = ({ _id, kind, createdBy, provider, atOnce = null, claim, revision }: TaskRecord): RungTask => {
	return { id: _id, kind, createdBy, provider, atOnce, claim, revision };
};

/** Makes the function that rings the workers, which is quick and may get lost, and leaves a job for them, which is neither. */
export const createAnnounce =
	({ ringer, queue }: { ringer: Pick<Ringer, 'look'>; queue: Pick<Queue, 'leave'> }): Announce =>
	(job, only) => {
		for (const kind of job.kinds) ringer.look(kind, only === undefined ? undefined : toRung(only));
		queue.leave(job);
	};
