import * as z from 'zod';
import { Take } from '../board/take.ts';
import { Film } from '../cut/film.ts';
import { Id } from '../id.ts';
import type { ProblemDetails } from '../problem.ts';
import { Task, TaskPause } from '../task/task.ts';

export const JoinProject = z.strictObject({ projectId: Id });

/** What a joiner is told: the present state, so that nothing missed matters. */
export const ProjectState = z.strictObject({
	tasks: z.array(Task),
	takes: z.array(Take),
	films: z.array(Film),
	/** Left out by what is older than pausing. */
	pause: TaskPause.optional(),
});
export type ProjectState = z.infer<typeof ProjectState>;

/** Path of Socket.IO. */
export const socketPath = '/live';

/** The forming frame of a running task; bytes are WebP. */
export type TaskPreview = { taskId: string; shotId: string | null; stage: string; bytes: ArrayBuffer };
/** What has become of a task in the list of all one's tasks. */
export type TaskListChange = { task: Task } | { removed: string };
/** Events to browsers: hints only, each may come twice or never. */
export type ServerEvents = {
	'task.changed': (task: Task) => void;
	'task.previewed': (preview: TaskPreview) => void;
	/** Somebody held back the tasks of the project, or let them go on. */
	'tasks.paused': (pause: TaskPause) => void;
	/** To those who follow the tasks of all their projects. */
	'taskList.changed': (changes: readonly TaskListChange[]) => void;
	'take.added': (take: Take) => void;
	'task.removed': (task: { id: string }) => void;
	'take.removed': (take: { id: string }) => void;
	/** Somebody spoke for a take, or no longer; who does is read from the list. */
	'take.voted': (take: { projectId: string; takeId: string }) => void;
	'film.added': (film: Film) => void;
	/** Somebody did something; what it was is read from the list. */
	'activity.added': (added: { projectId: string; by: string }) => void;
	'project.changed': (project: { id: string }) => void;
	'note.changed': (note: { projectId: string; noteId: string }) => void;
	'review.changed': (review: { projectId: string; shotId: string }) => void;
	/** Something new concerns whoever is signed in, or they read it in another window. */
	'notifications.changed': () => void;
	/** The member was removed or the project is gone: stop. */
	'access.ended': (ended: { projectId: string }) => void;
};
export type ClientEvents = {
	'project.join': (
		input: z.input<typeof JoinProject>,
		reply: (result: { ok: true; state: ProjectState } | { ok: false; problem: ProblemDetails }) => void,
	) => void;
	'project.leave': (input: z.input<typeof JoinProject>) => void;
	/** From now on this connection is told of the tasks of every project that its account may see. */
	'taskList.follow': () => void;
};
