import type { Ringer } from '@reelroom/shared/node/bell.ts';
import type { Queue } from '@reelroom/shared/node/queue.ts';
import type { SceneJob } from '@reelroom/shared/task/job.ts';

/** Tells the workers that tasks wait whose documents are written. */
export type Announce = (job: SceneJob) => void;

/** Makes the function that rings the workers, which is quick and may get lost, and leaves a job for them, which is neither. */
export const createAnnounce =
	({ ringer, queue }: { ringer: Pick<Ringer, 'look'>; queue: Pick<Queue, 'leave'> }): Announce =>
	(job) => {
		job.kinds.forEach(ringer.look);
		queue.leave(job);
	};
