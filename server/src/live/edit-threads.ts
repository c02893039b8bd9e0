import { createThreads, type Threads } from '@reelroom/shared/node/threads.ts';
import type { EditJobs } from './edit-job.ts';

export type EditThreads = Threads<EditJobs>;

/** Two threads for a server, that end when there is nothing to do; the limits are nets far behind what a frame may take. */
export const createEditThreads = (): EditThreads =>
	createThreads({ module: new URL('./edit-thread.ts', import.meta.url), most: 2, limitMs: 20_000, memoryMb: 384 });
