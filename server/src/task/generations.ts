import { randomInt } from 'node:crypto';
import { apiPrefix } from '@reelroom/shared/http/endpoint.ts';
import { readyStyle } from '@reelroom/shared/defaults/styles/ready-styles.ts';
import { toTake, type TakeRecord, type TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { priceOf } from '@reelroom/shared/plan/quota.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { OfferedModel } from '@reelroom/shared/provider/offered-models.ts';
import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import type { Generation, Model, PromptWish, Result } from '@reelroom/shared/task/generation-api.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import type { Actor } from '../http/on.ts';
import type { MustNotShowApproved } from '../review/approved-take.ts';
import { shotOfWords } from './shot-of-words.ts';
import { createSubmitOnce, type SubmitOnceDeps } from './submit-once.ts';
import type { ProjectFormat } from './task-requests.ts';

export type GenerationsDeps = SubmitOnceDeps & {
	store: TaskStore;
	takes: Pick<TakeStore, 'find' | 'ofTask' | 'discard'>;
	formatOf: (projectId: string) => Promise<ProjectFormat | null>;
	/** The project in which somebody keeps pictures of words alone. */
	promptProjectOf: (account: { id: string; name: string }) => Promise<string>;
	/** The projects that an account may see. */
	projectIdsOf: (accountId: string) => Promise<string[]>;
	/** What there is to generate with in a project, and in the workspace that an account has of its own. */
	modelsOf: (projectId: string, accountId: string) => Promise<readonly OfferedModel[]>;
	modelsOfOwn: (accountId: string) => Promise<readonly OfferedModel[]>;
	prices: Readonly<Record<string, number>>;
	pathOf: (sha256: string) => string;
	/** Throws where an approved shot shows this take while it is there. */
	mustNotShowApproved: MustNotShowApproved;
	toPng: (path: string) => Promise<Uint8Array>;
};
export type Generations = ReturnType<typeof createGenerations>;

/** Where what was made is: a picture as PNG, a clip as it is. */
const addressOf = (kind: string, taskId: string, takeId: string | null): Pick<Generation, 'imageUrl' | 'videoUrl'> => ({
	imageUrl: takeId === null || kind !== 'image' ? null : `${apiPrefix}/files/images/${taskId}.png`,
	videoUrl: takeId === null || kind !== 'video' ? null : `${apiPrefix}/takes/${takeId}/file`,
});
const toGeneration = (task: Task): Generation => ({
	...task,
	taskId: task.id,
	...addressOf(task.kind, task.id, task.takeId),
});
/** How a picture or a clip is made of words alone. */
const kindOf = { image: 'text-to-image', video: 'text-to-video' } as const;

/** What is sent: the words as they are, and those of a style that is asked for. */
function wordsOf({ prompt, negativePrompt, style }: PromptWish): Pick<GenerationRequest, 'prompt' | 'negativePrompt'> {
	const styled = style === undefined ? { prompt: [], negative: [] } : readyStyle(style);
	const negative = [...(negativePrompt === undefined ? [] : [negativePrompt]), ...styled.negative].join(', ');
	return {
		prompt: [prompt, ...styled.prompt].join(', '),
		...(negative === '' ? {} : { negativePrompt: negative.slice(0, 10_000) }),
	};
}

/** The use cases of generating from words alone, without a board: the same tasks, takes, plan and rights as everywhere. */
export function createGenerations(deps: GenerationsDeps) {
	const { store, takes, prices, newId } = deps;
	const submitOnce = createSubmitOnce(deps);

	const modelOf = async (projectId: string, accountId: string, kind: 'image' | 'video', id: string | undefined) => {
		// Words alone bring no picture along.
		const able = (await deps.modelsOf(projectId, accountId)).filter(
			({ makes, needsReference }) => makes.includes(kindOf[kind]) && needsReference !== true,
		);
		const first = able.find(({ refused }) => refused === undefined) ?? able[0];
		if (first === undefined) throw new Problem('no-provider', `Nothing here makes a ${kind}`);
		const found = id === undefined ? first : able.find((model) => model.id === id);
		if (found?.refused !== undefined) throw new Problem('workflow-refused', found.refused);
		if (found !== undefined) return found;
		const detail = `There is no such model here; GET ${apiPrefix}/models lists them`;
		throw new Problem('invalid-input', detail, { errors: [{ pointer: '#/model', detail }] });
	};
	const requestOf = (
		kind: 'image' | 'video',
		wish: PromptWish,
		{ style, fps: ownFps }: Pick<ProjectFormat, 'style' | 'fps'>,
		{ provider, workflow, workflowVersion, model }: OfferedModel,
	): GenerationRequest => {
		const fps = wish.fps ?? ownFps;
		const durationFrames = Math.min(limits.clipFrames, Math.max(1, Math.round((wish.durationSeconds ?? 4) * fps)));
		return {
			kind: kindOf[kind],
			label: '',
			shot: shotOfWords(wish.prompt, kind === 'image' ? 48 : durationFrames),
			looks: [],
			style: wish.style ?? style,
			seed: wish.seed ?? randomInt(2 ** 48 - 1),
			widthPx: wish.width,
			heightPx: wish.height,
			...(kind === 'image' ? {} : { durationFrames, fps }),
			// What the built-in provider has no use for would make another recipe of the same picture.
			...(provider === 'sketch'
				? {}
				: {
						...(workflow === undefined ? {} : { workflow }),
						...(workflowVersion === undefined ? {} : { workflowVersion }),
						...(wish.parameters === undefined ? {} : { parameters: wish.parameters }),
						...(model === undefined ? {} : { model }),
						...wordsOf(wish),
						...(wish.numInferenceSteps === undefined ? {} : { steps: wish.numInferenceSteps }),
						...(wish.guidanceScale === undefined ? {} : { guidance: wish.guidanceScale }),
					}),
		};
	};
	/** What a task has brought: its own take, else one that was there before. */
	const takeOf = async ({ _id, takeId }: TaskRecord): Promise<TakeRecord | null> =>
		(await takes.ofTask(_id)) ?? (takeId === null ? null : await takes.find(takeId));
	/** A task or its take by either's id, as far as the actor may see it. */
	const found = async (actor: Actor, id: string): Promise<{ task: TaskRecord | null; take: TakeRecord | null }> => {
		const [byTask, take] = await Promise.all([store.find(id), takes.find(id)]);
		const task = byTask ?? (take === null ? null : await store.find(take.taskId));
		const projectId = task?.projectId ?? take?.projectId;
		if (projectId === undefined) throw new Problem('not-found');
		await actor.must('take.read', projectId);
		return { task, take: take ?? (task === null ? null : await takeOf(task)) };
	};
	const generate = async (actor: Actor, kind: 'image' | 'video', wish: PromptWish, key?: string) => {
		const by = actor.signedIn();
		const projectId = wish.projectId ?? (await deps.promptProjectOf(by));
		await actor.must('task.create', projectId);
		const model = await modelOf(projectId, by.id, kind, wish.model);
		const { provider } = model;
		const { tasks } = await submitOnce(projectId, by, { key, asked: { kind, ...wish, projectId } }, async () => {
			const format = await deps.formatOf(projectId);
			if (format === null) throw new Problem('not-found');
			const request = requestOf(kind, wish, format, model);
			const label = wish.prompt.slice(0, 80);
			// Its take stands for a shot that is on no board.
			return {
				wanted: [
					{
						work: { kind, request },
						shotId: newId(),
						label,
						provider,
						style: request.style,
						isRepeatable: wish.seed !== undefined,
					},
				],
			};
		});
		const [task] = tasks;
		if (task === undefined) throw new Problem('internal');
		return toGeneration(task);
	};

	return {
		generate,
		async models(actor: Actor, projectId: string | undefined): Promise<Model[]> {
			const { id } = actor.signedIn();
			if (projectId !== undefined) await actor.must('project.read', projectId);
			const models = await (projectId === undefined ? deps.modelsOfOwn(id) : deps.modelsOf(projectId, id));
			return models.map((model) => ({ ...model, price: priceOf(prices, model.provider) }));
		},
		async read(actor: Actor, id: string): Promise<Generation> {
			const record = await store.find(id);
			if (record === null) throw new Problem('not-found');
			await actor.must('task.read', record.projectId);
			const [task] = await deps.present([record]);
			if (task === undefined) throw new Problem('internal');
			return toGeneration(task);
		},
		/** What somebody has generated in projects that they may still see. */
		async history(actor: Actor, page: { limit: number; before?: string | undefined }) {
			const { id } = actor.signedIn();
			const projectIds = await deps.projectIdsOf(id);
			const { records, next } = await store.search({ projectIds, createdBy: id, kinds: ['image', 'video'] }, page);
			return { items: (await deps.present(records)).map(toGeneration), next };
		},
		async result(actor: Actor, id: string): Promise<Result> {
			const { task, take } = await found(actor, id);
			const taskId = task?._id ?? take?.taskId ?? id;
			const projectId = task?.projectId ?? take?.projectId;
			if (projectId === undefined) throw new Problem('not-found');
			return {
				id: take?._id ?? taskId,
				taskId,
				projectId,
				status: task?.status ?? 'succeeded',
				take: take === null ? null : toTake(take),
				...addressOf(take?.kind ?? 'image', taskId, take?._id ?? null),
			};
		},
		/** Deletes the take of a result. */
		async remove(actor: Actor, id: string, mayChangeApproved: boolean): Promise<undefined> {
			const { task, take } = await found(actor, id);
			await actor.must('take.delete', take?.projectId ?? task?.projectId ?? '');
			if (take === null) throw new Problem('not-found');
			if (!mayChangeApproved) await deps.mustNotShowApproved(take);
			if (!(await takes.discard(take._id, deps.now()))) throw new Problem('not-found');
		},
		/** The picture as PNG. */
		async png(actor: Actor, id: string): Promise<Uint8Array> {
			const { take } = await found(actor, id);
			if (take === null) throw new Problem('not-found', 'This task has no picture yet');
			if (take.kind === 'video') throw new Problem('not-found', 'This task has made a clip, not a picture');
			return deps.toPng(deps.pathOf(take.sha256));
		},
	};
}
