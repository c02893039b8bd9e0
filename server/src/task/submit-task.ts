import { limits } from '@reelroom/shared/limits.ts';
import { toTake, type TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import type { TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import type { InputOf } from '@reelroom/shared/http/endpoint.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { taskApi } from '@reelroom/shared/task/api.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import type { Documents } from '../live/documents-port.ts';
import type { Actor } from '../http/on.ts';
import { createSubmitOnce, type By, type SubmitOnceDeps, type Wanted } from './submit-once.ts';
import {
	chooseShots,
	openShots,
	pictureRequest,
	readSnapshot,
	renderRequest,
	type ProjectFormat,
} from './task-requests.ts';

export type SubmitTaskDeps = SubmitOnceDeps & {
	store: Pick<TaskStore, 'busyShots'>;
	takes: TakeStore;
	documents: Documents;
	/** Null for a project that is gone. */
	formatOf: (projectId: string) => Promise<ProjectFormat | null>;
};
type GenerateWish = InputOf<typeof taskApi.generate>['body'];
type RenderWish = InputOf<typeof taskApi.render>['body'];

/** The use cases that queue tasks: pictures of shots, and the film. */
export function createSubmitTask(deps: SubmitTaskDeps) {
	const { store, takes, documents } = deps;
	const submitOnce = createSubmitOnce(deps);

	const formatOf = async (projectId: string): Promise<ProjectFormat> => {
		const format = await deps.formatOf(projectId);
		if (format === null) throw new Problem('not-found');
		return format;
	};
	/** The board, and which of its shots have a take or a task. */
	const look = async (projectId: string) => {
		const [snapshot, taken, busy] = await Promise.all([
			readSnapshot(documents, projectId),
			takes.list(projectId),
			store.busyShots(projectId),
		]);
		return { snapshot, covered: new Set([...busy, ...taken.map(({ shotId }) => shotId)]) };
	};
	const picturesOf = async (projectId: string, wish: GenerateWish): Promise<Wanted[]> => {
		const [{ snapshot, covered }, format] = await Promise.all([look(projectId), formatOf(projectId)]);
		const meant = chooseShots(snapshot.board, wish.shotIds, covered);
		const most = Math.floor(limits.shotsPerRequest / wish.count);
		if (wish.shotIds !== undefined && meant.length > most)
			throw new Problem('too-large', `At most ${limits.shotsPerRequest} pictures at once`);
		// Of a whole board the first are taken; whoever asked is told that there is more.
		const shots = meant.slice(0, most);
		return shots.flatMap((shot) =>
			Array.from({ length: wish.count }, (_, number) => {
				const request = pictureRequest(shot, snapshot, format, wish, number);
				return {
					work: { kind: 'image', request } as const,
					shotId: shot.id,
					label: shot.label,
					provider: wish.provider,
					style: request.style,
				};
			}),
		);
	};
	const filmOf = async (projectId: string, wish: RenderWish): Promise<Wanted[]> => {
		const [snapshot, format, taken] = await Promise.all([
			readSnapshot(documents, projectId),
			formatOf(projectId),
			takes.list(projectId),
		]);
		const request = renderRequest(snapshot, format, taken.map(toTake), wish);
		return [
			{
				work: { kind: 'render', request },
				shotId: null,
				label: format.name,
				provider: 'ffmpeg',
				style: request.style,
			},
		];
	};
	const generate = (projectId: string, by: By, wish: GenerateWish, key?: string): Promise<Task[]> =>
		submitOnce(projectId, by, { key, asked: { generate: projectId, ...wish } }, () => picturesOf(projectId, wish));

	return {
		/** Queues pictures for shots of the board, and tells of a whole board how many are left; under one key once, however often it is asked. */
		async generate(actor: Actor, projectId: string, wish: GenerateWish, key?: string) {
			await actor.must('task.create', projectId);
			const tasks = await generate(projectId, actor.signedIn(), wish, key);
			if (wish.shotIds !== undefined) return { tasks };
			const { snapshot, covered } = await look(projectId);
			return { tasks, left: openShots(snapshot.board, covered).length };
		},
		/** Queues what a new project's board lacks, on behalf of its maker; a board that lacks nothing is fine. */
		async generateMissing(projectId: string, by: By): Promise<void> {
			await generate(projectId, by, { provider: 'sketch', count: 1 }).catch((error: unknown) => {
				if (!(error instanceof Problem && error.code === 'nothing-to-generate')) throw error;
			});
		},
		/** Queues the film of the board as it stands; under one key once, however often it is asked. */
		async render(actor: Actor, projectId: string, wish: RenderWish, key?: string): Promise<Task> {
			await actor.must('task.create', projectId);
			const ask = { key, asked: { render: projectId, ...wish } };
			const [task] = await submitOnce(projectId, actor.signedIn(), ask, () => filmOf(projectId, wish));
			if (task === undefined) throw new Problem('internal');
			return task;
		},
	};
}
