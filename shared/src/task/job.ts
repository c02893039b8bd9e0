import * as z from 'zod';
import { Id } from '../id.ts';

export const taskKinds = ['image', 'video', 'render'] as const;
export type TaskKind = (typeof taskKinds)[number];
/** Names of the jobs on the queue, one for each kind of task, so that neither a long render nor a clip ever keeps a picture waiting. */
export const jobNames: Readonly<Record<TaskKind, string>> = {
	image: 'task.run.image',
	video: 'task.run.video',
	render: 'task.run.render',
};
/** What a job carries: the id alone. */
export const TaskJob = z.strictObject({ taskId: Id });
