import { readyStyle } from '@reelroom/shared/defaults/styles/ready-styles.ts';
import type { Asset } from '@reelroom/shared/bible/asset.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { toTake, type TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import type { TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import type { InputOf } from '@reelroom/shared/http/endpoint.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { OfferedModel } from '@reelroom/shared/provider/offered-models.ts';
import { mediaOf, type GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import type { taskApi } from '@reelroom/shared/task/api.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import type { Documents } from '../live/documents-port.ts';
import type { Actor } from '../http/on.ts';
import { askedBeside, coveredBy, createReferences } from './references.ts';
import { createSubmitOnce, type Brought, type By, type SubmitOnceDeps, type Want } from './submit-once.ts';
import { chooseShots, pictureRequest, readSnapshot, renderRequest, type ProjectFormat } from './task-requests.ts';

export type SubmitTaskDeps = SubmitOnceDeps & {
	store: Pick<TaskStore, 'busyShots'>;
	takes: TakeStore;
	documents: Documents;
	/** What there is to generate with in a project. */
	modelsOf: (projectId: string, accountId: string) => Promise<readonly OfferedModel[]>;
	/** Null for a project that is gone. */
	formatOf: (projectId: string) => Promise<ProjectFormat | null>;
	/** Which of these files are pictures of the project's bible: the live document may name any. */
	knownPictures: (projectId: string, sha256s: readonly string[]) => Promise<ReadonlySet<string>>;
	/** Which shots of a project are approved. */
	approvedShots: (projectId: string) => Promise<ReadonlySet<string>>;
	/** Cancels tasks and gives back what they had reserved. */
	withdraw: (ids: readonly string[]) => Promise<void>;
};
type GenerateWish = InputOf<typeof taskApi.generate>['body'];
type RenderWish = InputOf<typeof taskApi.render>['body'];

/** A new project whose board has all its pictures, or whose maker has used up the day, is made all the same. */
const isNoFault: ReadonlySet<string> = new Set(['nothing-to-generate', 'quota-exceeded']);

/** The use cases that queue tasks: pictures and clips of shots, and the film. */
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
		return { snapshot, taken, busy };
	};
	/** The bible without pictures that this project has never stored. */
	const withKnownPictures = async (projectId: string, bible: readonly Asset[]): Promise<Asset[]> => {
		const named = bible.flatMap(({ pictures }) => pictures.map(({ sha256 }) => sha256));
		const known = await deps.knownPictures(projectId, named);
		return bible.map((asset) => ({ ...asset, pictures: asset.pictures.filter(({ sha256 }) => known.has(sha256)) }));
	};
	/** What was asked for must be offered; without a workflow or model it is the provider's first that makes it. */
	const modelOf = async (
		projectId: string,
		by: By,
		{ provider, workflow, model: name, kind }: GenerateWish,
	): Promise<OfferedModel> => {
		const able = (await deps.modelsOf(projectId, by.id)).filter(
			(model) => model.provider === provider && model.makes.includes(kind),
		);
		const [first] = able;
		if (first === undefined) throw new Problem('no-provider', `There is no provider ${provider} for ${kind} here`);
		const found =
			workflow === undefined && name === undefined
				? first
				: able.find((model) => model.workflow === workflow && model.model === name);
		if (found?.refused !== undefined) throw new Problem('workflow-refused', found.refused);
		if (found !== undefined) return found;
		const thing = workflow === undefined ? 'model' : 'workflow';
		const detail = `${provider} has no ${thing} of this name for ${kind}`;
		throw new Problem('invalid-input', detail, { errors: [{ pointer: `#/${thing}`, detail }] });
	};
	const picturesOf = async (projectId: string, by: By, wish: GenerateWish): Promise<Want> => {
		const {
			provider,
			workflow,
			workflowVersion,
			model,
			references: mostReferences = 0,
		} = await modelOf(projectId, by, wish);
		const [{ snapshot, taken, busy }, format] = await Promise.all([look(projectId), formatOf(projectId)]);
		const referencesOf = createReferences(wish.kind, snapshot.board, taken, wish.references ?? []);
		// What begins with a picture, or is given any, has those alone.
		const references = wish.kind === 'text-to-image' && wish.references === undefined ? mostReferences : 0;
		const bible = references === 0 ? snapshot.bible : await withKnownPictures(projectId, snapshot.bible);
		const approved = wish.confirmApproved === true ? new Set<string>() : await deps.approvedShots(projectId);
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
		const wanted = shots.flatMap((shot) =>
			Array.from({ length: wish.count }, (_, number) => {
				const drawn = pictureRequest(shot, { ...snapshot, bible }, format, { ...wish, references }, number);
				const request: GenerationRequest = {
					...drawn,
					...askedBeside(shot, format, wish, referencesOf(shot), readyStyle(drawn.style).parameters.strength),
					...(drawn.references === undefined ? {} : { kind: drawn.kind, references: drawn.references }),
					...(workflow === undefined ? {} : { workflow }),
					...(workflowVersion === undefined ? {} : { workflowVersion }),
					...(model === undefined ? {} : { model }),
				};
				return {
					work: { kind: mediaOf(wish.kind), request },
					shotId: shot.id,
					label: shot.label,
					provider,
					style: request.style,
				};
			}),
		);
		return wish.shotIds === undefined ? { wanted, left: meant.length - shots.length } : { wanted };
	};
	const filmOf = async (projectId: string, wish: RenderWish): Promise<Want> => {
		const [snapshot, format, taken] = await Promise.all([
			readSnapshot(documents, projectId),
			formatOf(projectId),
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
			const [task] = tasks;
			if (task === undefined) throw new Problem('internal');
			return task;
		},
	};
}
