import type { takeCareApi } from '@reelroom/shared/board/take-care-api.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { toTake, type TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import type { InputOf } from '@reelroom/shared/http/endpoint.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { taskApi } from '@reelroom/shared/task/api.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import type { Actor } from '../http/on.ts';
import { createGround, type GroundDeps } from './ground.ts';
import { coveredBy, createReferences } from './references.ts';
import { reproductionOf } from './reproduction.ts';
import { createStaleTakes } from './stale-takes.ts';
import { createSubmitOnce, type Brought, type By, type SubmitOnceDeps, type Want } from './submit-once.ts';
import { chooseShots, readSnapshot, renderRequest } from './task-requests.ts';
import { wantedPicture, type GenerateWish } from './wanted-picture.ts';

export type SubmitTaskDeps = SubmitOnceDeps &
	GroundDeps & {
		takes: TakeStore;
		/** Which shots of a project are approved. */
		approvedShots: (projectId: string) => Promise<ReadonlySet<string>>;
		prices: Readonly<Record<string, number>>;
		/** Cancels tasks and gives back what they had reserved. */
		withdraw: (ids: readonly string[]) => Promise<void>;
	};
type RegenerateWish = InputOf<typeof takeCareApi.regenerate>['body'];
type RenderWish = InputOf<typeof taskApi.render>['body'];

/** A new project whose board has all its pictures, or whose maker has used up the day, is made all the same. */
const isNoFault: ReadonlySet<string> = new Set(['nothing-to-generate', 'quota-exceeded']);

const theOne = ([task]: readonly Task[]): Task => {
	if (task === undefined) throw new Problem('internal');
	return task;
};

/** The use cases that queue tasks: pictures and clips of shots, and the film. */
export function createSubmitTask(deps: SubmitTaskDeps) {
	const { takes, documents } = deps;
	const ground = createGround(deps);
	const stale = createStaleTakes({ ...deps, ground });
	const submitOnce = createSubmitOnce(deps);

	const picturesOf = async (projectId: string, by: By, wish: GenerateWish): Promise<Want> => {
		const [model, { snapshot, format, taken, busy }, approved] = await Promise.all([
			ground.modelOf(projectId, by, wish),
			ground.look(projectId),
			wish.confirmApproved === true ? new Set<string>() : deps.approvedShots(projectId),
		]);
		const referencesOf = createReferences(wish.kind, snapshot.board, taken, wish.references ?? []);
		// What begins with a picture, or is given any, has those alone.
		const references = wish.kind === 'text-to-image' && wish.references === undefined ? (model.references ?? 0) : 0;
		const bible = references === 0 ? snapshot.bible : await ground.withKnownPictures(projectId, snapshot.bible);
		const covered = new Set([...busy, ...approved, ...coveredBy(wish, snapshot.board, taken, referencesOf)]);
		const meant = chooseShots(snapshot.board, wish.shotIds, covered);
		const guarded = meant.filter(({ id }) => approved.has(id));
		if (guarded.length > 0)
			throw new Problem('shot-approved', `Approved: ${guarded.map(({ label }) => label).join(', ')}`.slice(0, 500));
		const most = Math.floor(limits.shotsPerRequest / wish.count);
		if (wish.shotIds !== undefined && meant.length > most)
			throw new Problem('too-large', `At most ${limits.shotsPerRequest} pictures at once`);
		// Of a whole board the first are taken; whoever asked is told that there is more.
		const shots = meant.slice(0, most);
		const without = shots.filter((shot) => referencesOf(shot) === null).map(({ label }) => label);
		if (without.length > 0)
			throw new Problem('reference-missing', `Of these shots: ${without.join(', ')}`.slice(0, 500));
		const from = { snapshot: { ...snapshot, bible }, format, model, wish, references };
		const wanted = shots.flatMap((shot) =>
			Array.from({ length: wish.count }, (_, number) =>
				wantedPicture(shot, { ...from, referenced: referencesOf(shot) }, number),
			),
		);
		return wish.shotIds === undefined ? { wanted, left: meant.length - shots.length } : { wanted };
	};
	const filmOf = async (projectId: string, wish: RenderWish): Promise<Want> => {
		const [snapshot, format, taken] = await Promise.all([
			readSnapshot(documents, projectId),
			ground.formatOf(projectId),
			takes.list(projectId),
		]);
		const request = renderRequest(snapshot, format, taken.map(toTake), wish);
		const about = { shotId: null, label: format.name, provider: 'ffmpeg', style: request.style };
		return { wanted: [{ work: { kind: 'render', request }, ...about }] };
	};
	/** Asks for the right once more behind the queueing: whoever was removed meanwhile, when these tasks were not there to be found, leaves none behind. */
	async function stillMay(actor: Actor, projectId: string, tasks: readonly Task[]): Promise<void> {
		try {
			await actor.must('task.create', projectId);
		} catch (error) {
			await deps.withdraw(tasks.map(({ id }) => id));
			throw error;
		}
	}
	const generate = (projectId: string, by: By, wish: GenerateWish, key?: string): Promise<Brought> =>
		submitOnce(projectId, by, { key, asked: { generate: projectId, ...wish } }, () => picturesOf(projectId, by, wish));

	return {
		/** Queues pictures or clips for shots of the board, and tells of a whole board how many are left; under one key once, however often it is asked. */
		async generate(actor: Actor, projectId: string, wish: GenerateWish, key?: string): Promise<Brought> {
			await actor.must('task.create', projectId);
			if (wish.references !== undefined) await actor.must('take.read', projectId);
			const brought = await generate(projectId, actor.signedIn(), wish, key);
			await stillMay(actor, projectId, brought.tasks);
			return brought;
		},
		staleTakes: stale.list,
		/** Makes stale takes anew, by one admission; under one key once, however often it is asked. */
		async regenerate(actor: Actor, projectId: string, wish: RegenerateWish, key?: string): Promise<Brought> {
			await actor.must('task.create', projectId);
			const by = actor.signedIn();
			const { takeIds, confirmApproved = false } = wish;
			const brought = await submitOnce(projectId, by, { key, asked: { regenerate: projectId, ...wish } }, async () => ({
				wanted: await stale.wanted(projectId, by, takeIds, confirmApproved),
			}));
			await stillMay(actor, projectId, brought.tasks);
			return brought;
		},
		/** Runs the recipe of a take once more, exactly as it was, whatever its shot says now; under one key once, however often it is asked. */
		async reproduce(actor: Actor, takeId: string, key?: string): Promise<Task> {
			const take = await takes.find(takeId);
			if (take === null) throw new Problem('not-found');
			await actor.must('take.read', take.projectId);
			await actor.must('task.create', take.projectId);
			const { projectId } = take;
			const asked = { reproduce: takeId };
			const { tasks } = await submitOnce(projectId, actor.signedIn(), { key, asked }, async () => ({
				wanted: [reproductionOf(take)],
			}));
			await stillMay(actor, projectId, tasks);
			return theOne(tasks);
		},
		/** Queues what a new project's board lacks, on behalf of its maker; a board that lacks nothing is fine. */
		async generateMissing(projectId: string, by: By): Promise<void> {
			await generate(projectId, by, { kind: 'text-to-image', provider: 'sketch', count: 1 }).catch((error: unknown) => {
				if (!(error instanceof Problem && isNoFault.has(error.code))) throw error;
			});
		},
		/** Queues the film of the board as it stands; under one key once, however often it is asked. */
		async render(actor: Actor, projectId: string, wish: RenderWish, key?: string): Promise<Task> {
			await actor.must('task.create', projectId);
			const ask = { key, asked: { render: projectId, ...wish } };
			const { tasks } = await submitOnce(projectId, actor.signedIn(), ask, () => filmOf(projectId, wish));
			await stillMay(actor, projectId, tasks);
			return theOne(tasks);
		},
	};
}
