import { isLink, linksInto, nodeAt, upstream, type Graph } from '../provider/graph.ts';
import type { GenerationKind } from '../provider/provider.ts';
import type { Bindings } from '../provider/workflow.ts';

const makesVideo = /^(Save(WEBM|Video|Animated(WEBP|PNG))|CreateVideo)$|VideoCombine/;

/** Whether a bound picture is what is worked on, and not only looked at: it is turned into a latent. */
const isWorkedOn = (graph: Graph, pictures: readonly { nodeId: string }[]): boolean =>
	Object.entries(graph).some(
		([id, node]) =>
			/VAEEncode|InpaintModelConditioning/.test(node.class_type) &&
			pictures.some(({ nodeId }) => upstream(graph, id).includes(nodeId)),
	);

/** Guesses what a graph makes, of its output nodes and of the pictures it can be given. */
export function guessKind(graph: Graph, bindings: Bindings): GenerationKind {
	const pictures = [...(bindings.referenceImage ?? []), ...(bindings.maskImage ?? [])];
	if (Object.values(graph).some(({ class_type: type }) => makesVideo.test(type))) {
		if (bindings.lastImage !== undefined) return 'first-last-frame-to-video';
		return bindings.referenceImage === undefined ? 'text-to-video' : 'image-to-video';
	}
	if (bindings.maskImage !== undefined) return 'inpaint';
	// One that only keeps to a picture begins with it: that of the shot.
	if (pictures.length === 0) return bindings.controlImage === undefined ? 'text-to-image' : 'image-to-image';
	if (bindings.prompt === undefined && bindings.seed === undefined) return 'upscale';
	// A loaded picture that goes into a sampler's latent, through whatever nodes.
	const feedsLatent = Object.values(graph).some((node) =>
		linksInto(node).some(
			([input, [from]]) =>
				/latent/.test(input) &&
				isLink(node.inputs[input]) &&
				upstream(graph, from).some(
					(id) => pictures.some(({ nodeId }) => nodeId === id) && nodeAt(graph, id) !== undefined,
				),
		),
	);
	return feedsLatent || isWorkedOn(graph, pictures) ? 'image-to-image' : 'text-to-image';
}
