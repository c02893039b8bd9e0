import { randomInt } from 'node:crypto';
import {
	mediaOf,
	neededReferences,
	type GenerationRequest,
	type Reference,
} from '@reelroom/shared/provider/provider.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import type { BindingName } from '@reelroom/shared/provider/workflow.ts';
import type { Trial } from '@reelroom/shared/workflow/own-workflow.ts';
import { shotOfWords } from './shot-of-words.ts';
import { createSubmitOnce, type By, type SubmitOnceDeps } from './submit-once.ts';

export type TryWorkflowDeps = SubmitOnceDeps & {
	/** The project in which somebody keeps pictures of words alone. */
	promptProjectOf: (account: By) => Promise<string>;
	/** A stored picture to try with what begins with one. */
	testPicture: () => Promise<string>;
};
/** What is tried: a version of a workflow that the asker may use. */
export type Tried = {
	workflow: string;
	version: number;
	isReady: boolean;
	kind: GenerationRequest['kind'];
	title: string;
	bound: ReadonlySet<BindingName>;
};

const roles: readonly [BindingName, Reference['role']][] = [
	['referenceImage', 'reference'],
	['lastImage', 'last'],
	['maskImage', 'mask'],
	['controlImage', 'control'],
];

/** Makes the function that queues one generation by a workflow to see what it does: a task like every other, which costs what others cost. */
export function createTryWorkflow(deps: TryWorkflowDeps) {
	const submitOnce = createSubmitOnce(deps);
	return async (
		by: By,
		{ workflow, version, isReady, kind, title, bound }: Tried,
		wish: Trial,
		key?: string,
	): Promise<Task> => {
		const projectId = await deps.promptProjectOf(by);
		const asked = { try: workflow, version, ...wish };
		const { tasks } = await submitOnce(projectId, by, { key, asked }, async () => {
			// Those that it binds, and those without which its kind begins nothing: one that only leads has no place of its own for them.
			const given = new Set([
				...roles.flatMap(([name, role]) => (bound.has(name) ? [role] : [])),
				...neededReferences[kind],
			]);
			const references: Reference[] = [];
			for (const role of given) references.push({ role, sha256: await deps.testPicture() });
			const request: GenerationRequest = {
				kind,
				label: '',
				shot: shotOfWords(wish.prompt, 48),
				looks: [],
				style: 'anime',
				seed: wish.seed ?? randomInt(2 ** 48 - 1),
				widthPx: wish.width,
				heightPx: wish.height,
				workflow,
				...(isReady ? {} : { workflowVersion: version }),
				prompt: wish.prompt,
				...(wish.negativePrompt === undefined ? {} : { negativePrompt: wish.negativePrompt }),
				...(wish.steps === undefined ? {} : { steps: wish.steps }),
				...(wish.guidance === undefined ? {} : { guidance: wish.guidance }),
				...(mediaOf(kind) === 'video' ? { durationFrames: 48, fps: 24 } : {}),
				...(references.length === 0 ? {} : { references }),
				...(wish.parameters === undefined ? {} : { parameters: wish.parameters }),
			};
			return {
				wanted: [
					{
						work: { kind: mediaOf(kind), request },
						// Its take stands for a shot that is on no board.
						shotId: deps.newId(),
						label: title.slice(0, 80),
						provider: 'comfyui',
						style: request.style,
					},
				],
			};
		});
		const [task] = tasks;
		if (task === undefined) throw new Problem('internal');
		return task;
	};
}
