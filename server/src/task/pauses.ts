import { toPause, type PauseStore } from '@reelroom/shared/node/stores/pause-store.ts';
import { taskKinds, type TaskPause } from '@reelroom/shared/task/task.ts';
import type { Actor } from '../http/on.ts';
import type { Announce } from './announce.ts';

export type PausesDeps = { store: PauseStore; announce: Announce; now: () => Date };
export type Pauses = ReturnType<typeof createPauses>;

/** The use cases of holding back the tasks of a project: what runs goes on, nothing new is begun until somebody resumes. */
export function createPauses({ store, announce, now }: PausesDeps) {
	const set = async (actor: Actor, projectId: string, isPaused: boolean): Promise<TaskPause> => {
		await actor.must('task.pause', projectId);
		const { id, name } = actor.signedIn();
		const stands = await store.set({ _id: projectId, isPaused, by: id, byName: name, at: now() });
		if (!isPaused) announce({ projectId, reason: 'resumed', taskId: null, kinds: [...taskKinds] });
		return toPause(projectId, stands);
	};
	return {
		pause: (actor: Actor, projectId: string) => set(actor, projectId, true),
		resume: (actor: Actor, projectId: string) => set(actor, projectId, false),
		/** How it stands, for whoever may see the project's tasks. */
		of: async (projectId: string): Promise<TaskPause> => toPause(projectId, await store.find(projectId)),
		async read(actor: Actor, projectId: string): Promise<TaskPause> {
			await actor.must('task.read', projectId);
			return toPause(projectId, await store.find(projectId));
		},
	};
}
