import { createHash } from 'node:crypto';
import { readyWorkflows } from '../defaults/workflows/ready-workflows.ts';
import type { GenerationRequest } from '../src/provider/provider.ts';
import { recipeText } from '../src/task/cache-key.ts';

export type Fingerprint = (provider: string, request: GenerationRequest) => string;
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Makes the function that digests everything a take is made of: equal fingerprints are equal pictures, as far as whoever makes them is true to its seed.
 * A workflow of the workspace counts by its version, one that comes with the product by what it holds: a release may bring another under its name.
 */
export function createFingerprint(): Fingerprint {
	let ready: readonly { name: string; kind: string; digest: string }[] | null = null;
	const readyDigest = ({ workflow, kind }: GenerationRequest): string | undefined => {
		ready ??= readyWorkflows().map((each) => ({
			name: each.name,
			kind: each.kind,
			digest: digestOf(JSON.stringify(each)),
		}));
		return ready.find((each) => (workflow === undefined ? each.kind === kind : each.name === workflow))?.digest;
	};
	return (provider, request) => {
		const isReady = provider === 'comfyui' && request.workflowVersion === undefined;
		return digestOf(recipeText(provider, request, isReady ? readyDigest(request) : undefined));
	};
}
