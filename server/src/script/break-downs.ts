import type * as Y from 'yjs';
import type { Documents } from '../live/documents-port.ts';
import { appendShots, readBoard, scriptOf, type SceneOnBoard } from '@reelroom/shared/project/document.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { ProposedSceneView } from '@reelroom/shared/script/api.ts';
import { breakDown, type ProposedScene } from '@reelroom/shared/script/break-down.ts';
import { applyPlan, type PlannedShot } from '@reelroom/shared/script/shot-plan.ts';

export type BreakDowns = {
	/** Proposes scenes and shots for the script as it stands. */
	propose(projectId: string): Promise<{ scenes: ProposedSceneView[] }>;
	/** Puts proposed shots on the board, of the given scenes or of all; scenes that have shots are left alone. */
	accept(
		projectId: string,
		sceneIds?: readonly string[],
		by?: string,
		plans?: readonly ScenePlan[],
	): Promise<{ scenes: number; shots: number }>;
};

/** How the shots of a scene are joined and framed, as a text model planned it and somebody took it. */
export type ScenePlan = { sceneId: string; plan: PlannedShot[] };
type Pair = { scene: SceneOnBoard; proposed: ProposedScene };

/** The scenes on the board with what is proposed for them; both follow the headings of the same text. */
function pairScenes(doc: Y.Doc, fps: number): Pair[] {
	const text = scriptOf(doc).toString();
	if (text.trim() === '') throw new Problem('nothing-to-break-down');
	const scenes = new Map(readBoard(doc).scenes.map((scene) => [scene.start, scene]));
	return breakDown(text, { fps }).flatMap((proposed) => {
		const scene = scenes.get(proposed.headingStart);
		return scene === undefined ? [] : [{ scene, proposed }];
	});
}

/** What rules propose for one scene; null for one that is not there, or without words. */
export const proposedScene = (doc: Y.Doc, fps: number, sceneId: string): ProposedScene | null =>
	scriptOf(doc).toString().trim() === ''
		? null
		: (pairScenes(doc, fps).find(({ scene }) => scene.id === sceneId)?.proposed ?? null);

/** Breaks scripts down into scenes and shots. */
export function createBreakDowns(deps: {
	documents: Documents;
	fpsOf: (projectId: string) => Promise<number>;
	newId: () => string;
}): BreakDowns {
	const { documents, fpsOf, newId } = deps;
	return {
		async propose(projectId) {
			const fps = await fpsOf(projectId);
			return documents.read(projectId, (doc) => ({
				scenes: pairScenes(doc, fps).map(({ scene, proposed }) => ({
					sceneId: scene.id,
					heading: proposed.heading,
					kept: scene.shots.length > 0,
					shots: proposed.shots.map((shot) => shot.content),
				})),
			}));
		},
		async accept(projectId, sceneIds, by = 'break-down', plans = []) {
			const fps = await fpsOf(projectId);
			const chosen = sceneIds === undefined ? null : new Set(sceneIds);
			const planOf = new Map(plans.map(({ sceneId, plan }) => [sceneId, plan]));
			return documents.edit(projectId, by, (doc) => {
				const pairs = pairScenes(doc, fps);
				const open = pairs.filter(
					({ scene, proposed }) =>
						scene.shots.length === 0 && proposed.shots.length > 0 && chosen?.has(scene.id) !== false,
				);
				const shots = open.flatMap(({ scene, proposed }) => {
					const plan = planOf.get(scene.id);
					const planned = plan === undefined ? proposed.shots : applyPlan(proposed.shots, plan);
					// Planned for other words than these.
					if (planned === null) throw new Problem('script-changed');
					return planned.map(({ content, start, end }) => ({ sceneId: scene.id, content, range: { start, end } }));
				});
				const there = pairs.reduce((count, { scene }) => count + scene.shots.length, 0);
				if (there + shots.length > limits.shotsPerBoard)
					throw new Problem('too-large', `A board may have up to ${limits.shotsPerBoard} shots`);
				appendShots(doc, { newId, origin: by }, shots);
				return { scenes: open.length, shots: shots.length };
			});
		},
	};
}
