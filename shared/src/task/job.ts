import * as z from 'zod';
import { Id } from '../id.ts';
import { taskKinds } from './task.ts';

/** Name of the job that says that tasks of a scene, a board or one shot wait. */
export const sceneJobName = 'scene.run';
/** What such a job carries: never what is to be done, which the documents of the tasks say, only where to look. One job stands for a whole admission, however many tasks it has. */
export const SceneJob = z.strictObject({
	projectId: Id,
	/** Why they wait from now on: somebody asked for them, one is to be tried again by itself, or their project goes on. */
	reason: z.enum(['asked', 'retry', 'resumed']),
	/** The first task of the admission, or the one that is tried again; null for all of a project. */
	taskId: Id.nullable(),
	kinds: z.array(z.enum(taskKinds)).min(1),
});
export type SceneJob = z.infer<typeof SceneJob>;
