import * as z from 'zod';
import { Id } from '../id.ts';

export type TaskKind = 'image' | 'render';
/** Names of the jobs on the queue, one for each kind of task, so that a long render never keeps a picture waiting. */
export const jobNames: Readonly<Record<TaskKind, string>> = { image: 'task.run.image', render: 'task.run.render' };
/** What a job carries: the id alone. */
export const TaskJob = z.strictObject({ taskId: Id });
