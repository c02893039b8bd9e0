import { mediaKind } from '@reelroom/shared/media/media-kind.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { neededReferences, type GenerationRequest, type Reference } from '@reelroom/shared/provider/provider.ts';
import type { BindingName, Workflow, WorkflowValues } from '@reelroom/shared/provider/workflow.ts';
import { findReference, type ProviderContext } from '../provider.ts';
import type { ComfyClient } from './client.ts';

/** A picture that a graph is given: where it goes, the name it is uploaded under, and its bytes. */
export type GivenPicture = { binding: BindingName; name: string; bytes: Uint8Array };

const bindings: readonly [Reference['role'], BindingName][] = [
	['reference', 'referenceImage'],
	['last', 'lastImage'],
	['mask', 'maskImage'],
	['control', 'controlImage'],
];

/** Reads the pictures that a workflow takes; names are made of their digests, never of anybody's words. One that the kind cannot do without is asked for in words; any other keeps the workflow's own where none is given. */
export async function readPictures(
	workflow: Pick<Workflow, 'bindings'>,
	request: GenerationRequest,
	readFile: ProviderContext['readFile'],
): Promise<GivenPicture[]> {
	const { references = [] } = request;
	for (const role of neededReferences[request.kind]) findReference(request, role);
	const taken = bindings.filter(([, binding]) => workflow.bindings[binding] !== undefined);
	const given = taken.flatMap(([role, binding]) => {
		const own = references.find((reference) => reference.role === role);
		// The only picture that a workflow takes is the one that was given, whatever it calls it; and what begins with a picture is led by it, too.
		const isMeant = taken.length === 1 || (role === 'control' && neededReferences[request.kind].length > 0);
		const found = own ?? (isMeant ? references.find((reference) => reference.role === 'reference') : undefined);
		return found === undefined ? [] : [{ binding, sha256: found.sha256 }];
	});
	return Promise.all(
		given.map(async ({ binding, sha256 }) => {
			const bytes = await readFile(sha256);
			const kind = mediaKind(bytes);
			if (kind !== 'png' && kind !== 'jpeg' && kind !== 'webp')
				throw new Problem('provider-refused', 'A reference is no picture');
			return { binding, name: `reelroom-${sha256.slice(0, 40)}.${kind === 'jpeg' ? 'jpg' : kind}`, bytes };
		}),
	);
}

/** The names of the pictures, as a graph is filled with them. */
export const namesOf = (pictures: readonly GivenPicture[]): WorkflowValues =>
	Object.fromEntries(pictures.map(({ binding, name }) => [binding, name]));

/** Uploads the pictures; answers them under the names that the server gave. */
export const uploadPictures = (client: ComfyClient, pictures: readonly GivenPicture[]): Promise<GivenPicture[]> =>
	Promise.all(
		pictures.map(async (picture) => ({ ...picture, name: await client.upload(picture.bytes, picture.name) })),
	);
