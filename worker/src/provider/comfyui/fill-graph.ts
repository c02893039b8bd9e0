import { nodeAt, upstream, type Graph } from '@reelroom/shared/provider/graph.ts';
import type { ObjectInfo } from '@reelroom/shared/provider/object-info.ts';
import { pictureWords } from '@reelroom/shared/provider/picture-words.ts';
import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { bindingNames, fillWorkflow, type Workflow, type WorkflowValues } from '@reelroom/shared/provider/workflow.ts';
import { withOwnCheckpoint } from '@reelroom/shared/workflow/judge.ts';
import { setValues } from '@reelroom/shared/workflow/view-graph.ts';

/** What was set of a workflow's own, split into words of ours and inputs it exposes; nothing else of the graph can be set. */
function ownValues({ exposed = [] }: Workflow, { parameters = {} }: GenerationRequest) {
	const named: WorkflowValues = {};
	for (const name of bindingNames) {
		const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
		if (value !== undefined) named[name] = value;
	}
	const placed = exposed.flatMap(({ nodeId, input }) => {
		const key = `${nodeId}.${input}`;
		const value = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
		return value === undefined ? [] : [{ nodeId, input, value }];
	});
	return { named, placed };
}

/**
 * How far a picture may go from the one it begins with, 0 to 1, as the workflow takes it: by how much of it is drawn anew where it becomes the latent, else by
 * how closely it is kept to. There less noise would be left in what is drawn.
 */
const freedomOf = ({ bindings }: Workflow, strength: number): WorkflowValues =>
	bindings.referenceImage === undefined && bindings.controlImage !== undefined
		? { controlStrength: Math.round((1.2 - strength) * 100) / 100 }
		: { denoise: strength };

/** The graph of a request on a server: its words in their places, and a model that the server has where it lacks the workflow's own. */
export function fillGraph(
	workflow: Workflow,
	request: GenerationRequest,
	classes: ObjectInfo,
	/** The names under which the server has the pictures that it is made from. */
	pictures: WorkflowValues,
): Graph {
	const { prompt, negative } = pictureWords(request);
	const { named, placed } = ownValues(workflow, request);
	const filled = fillWorkflow(
		workflow,
		{
			...(request.durationFrames === undefined ? {} : { frames: request.durationFrames }),
			...(request.fps === undefined ? {} : { fps: request.fps }),
			...named,
			...pictures,
			...(request.strength === undefined ? {} : freedomOf(workflow, request.strength)),
			prompt,
			// A workflow without negative words of the request keeps its own.
			...(negative === '' ? {} : { negative }),
			seed: request.seed,
			width: request.widthPx,
			height: request.heightPx,
			batch: 1,
			...(request.steps === undefined ? {} : { steps: request.steps }),
			...(request.guidance === undefined ? {} : { guidance: request.guidance }),
		},
		classes,
	);
	const set = setValues(filled, placed, classes);
	return named.checkpoint === undefined ? withOwnCheckpoint(set, workflow.bindings, classes) : set;
}

/** How many nodes of a graph run: those before one that puts something out. */
export const nodesThatRun = (graph: Graph, classes: ObjectInfo): number =>
	new Set(
		Object.keys(graph)
			.filter((id) => classes[nodeAt(graph, id)?.class_type ?? '']?.output_node === true)
			.flatMap((id) => upstream(graph, id)),
	).size;
