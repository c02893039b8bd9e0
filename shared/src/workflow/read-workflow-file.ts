import { limits } from '../limits.ts';
import { mediaKind } from '../media/media-kind.ts';
import { Problem } from '../problem.ts';
import type { ObjectInfo } from '../provider/object-info.ts';
import { graphsInPicture } from './graphs-in-picture.ts';
import { readWorkflow, type ReadWorkflow } from './read-workflow.ts';

declare const TextDecoder: new (encoding: string, options: { fatal: boolean }) => { decode(bytes: Uint8Array): string };

/** Python writes numbers that JSON does not know; between quotes they are words. */
const withoutNaN = (text: string): string =>
	text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (part) => (part.startsWith('"') ? part : 'null'));

function textOf(bytes: Uint8Array): string {
	if (bytes.length > limits.workflowBytes) throw new Problem('too-large');
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch (cause) {
		throw new Problem('not-a-workflow', 'It is not text', { cause });
	}
}

/** Reads a workflow from a file: its text, or a picture that ComfyUI made, which carries the graph it was made by. Throws `not-a-workflow` or `too-large`. */
export function readWorkflowFile(bytes: Uint8Array, classes: ObjectInfo): ReadWorkflow {
	const kind = mediaKind(bytes);
	if (kind === null) return readWorkflow(textOf(bytes), classes);
	const graphs = kind === 'png' || kind === 'webp' || kind === 'jpeg' ? graphsInPicture(bytes, kind) : [];
	let failure = new Problem('not-a-workflow', 'This picture carries no graph');
	for (const text of graphs) {
		if (text.length > limits.workflowBytes) throw new Problem('too-large');
		try {
			return readWorkflow(withoutNaN(text), classes);
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			failure = error;
		}
	}
	throw failure;
}
