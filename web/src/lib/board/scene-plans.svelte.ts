import { textApi } from '@reelroom/shared/provider/api.ts';
import { Problem, problems, type ProblemCode } from '@reelroom/shared/problem.ts';
import type { ProposedSceneView } from '@reelroom/shared/script/api.ts';
import { applyPlan, readPlan, type PlannedShot } from '@reelroom/shared/script/shot-plan.ts';
import { SvelteMap } from 'svelte/reactivity';
import { call } from '#lib/call.ts';

type Shots = ProposedSceneView['shots'];
const codeOf = (code: string): ProblemCode => (code in problems ? (code as ProblemCode) : 'internal');
/** Shots as the rules of plans look at them; where they stand in the script only the server knows. */
const asProposed = (shots: Shots) => shots.map((content) => ({ start: 0, end: 0, content }));

/** Plans of scenes by a text model, in the place of what rules propose, until somebody takes or drops them. */
export class ScenePlans {
	readonly #projectId: string;
	/** The text model; null where there is none. */
	model = $state.raw<string | null>(null);
	readonly plans = new SvelteMap<string, PlannedShot[]>();
	/** The scene that is being planned now. */
	planning = $state<string | null>(null);
	failure = $state.raw<unknown>(null);
	#stop = new AbortController();
	constructor(projectId: string) {
		this.#projectId = projectId;
	}

	async refresh(): Promise<void> {
		try {
			this.model = (await call(textApi.model, { params: { id: this.#projectId } }, { stay: true })).model;
		} catch (failure) {
			if (!(failure instanceof Problem)) throw failure;
		}
	}
	/** The shots of a scene as they would come. */
	shotsOf({ sceneId, shots }: ProposedSceneView): Shots {
		const plan = this.plans.get(sceneId);
		const planned = plan === undefined ? null : applyPlan(asProposed(shots), plan);
		return planned === null ? shots : planned.map(({ content }) => content);
	}
	/** Plans one scene after the other, until all are planned, one fails, or it is stopped. */
	async plan(scenes: readonly ProposedSceneView[]): Promise<void> {
		this.failure = null;
		const stop = (this.#stop = new AbortController());
		try {
			for (const { sceneId, shots } of scenes) {
				if (stop.signal.aborted || this.plans.has(sceneId)) continue;
				this.planning = sceneId;
				const plan = readPlan(await this.#write(sceneId, stop.signal), asProposed(shots));
				if (plan === null) throw new Problem('provider-failed');
				this.plans.set(sceneId, plan);
			}
		} catch (failure) {
			if (!stop.signal.aborted) this.failure = failure;
		} finally {
			if (this.#stop === stop) this.planning = null;
		}
	}
	stop(): void {
		this.#stop.abort();
		this.planning = null;
	}
	async #write(sceneId: string, signal: AbortSignal): Promise<string> {
		const params = { id: this.#projectId };
		let written = await call(textApi.write, { params, body: { task: 'plan-scene', sceneId } }, { signal });
		const ofText = { ...params, textId: written.id };
		signal.addEventListener('abort', () => void call(textApi.stop, { params: ofText }).catch(() => undefined));
		while (!written.done)
			written = await call(textApi.read, { params: ofText, query: { after: written.text.length } }, { signal });
		if (written.problem !== null) throw new Problem(codeOf(written.problem.code), written.problem.detail);
		return written.text;
	}
}
