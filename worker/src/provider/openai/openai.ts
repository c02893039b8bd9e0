import { Problem } from '@reelroom/shared/problem.ts';
import { cloudModel, cloudModels, type CloudModel } from '@reelroom/shared/provider/cloud-models.ts';
import { sizeToAsk, type Size } from '@reelroom/shared/provider/picture-sizes.ts';
import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import type { CloudCall } from '../cloud-call.ts';
import type { Credentials, OpenCredential } from '../credentials.ts';
import { onceOnly } from '../once-only.ts';
import { promptOf } from '../prompt-words.ts';
import type { Provider, ProviderContext } from '../provider.ts';
import { takeServicePicture } from '../take-picture.ts';
import { createOpenaiClient } from './client.ts';
import type { FormField } from './multipart.ts';
import { asMask, asPng } from './pictures.ts';

export type OpenaiDeps = { credentials: Pick<Credentials, 'ofProject'>; call: CloudCall };

/** What a request may set besides, by the API's own names. */
const settable = /^(quality|background|style|moderation|input_fidelity|seed|steps|guidance|negative_prompt)$/;
/** The most characters that models of a family take. */
const promptChars = (model: string): number =>
	/^dall-e-2/.test(model) ? 1_000 : /^dall-e-3/.test(model) ? 4_000 : 32_000;
/** The newest of OpenAI's own models answer in base64 always and refuse to be asked for it; all others may answer with an address. */
const answersInline = (model: string): boolean => /^(gpt-image|chatgpt-image)/.test(model);

function modelOf({ kind, model }: GenerationRequest, credential: OpenCredential): CloudModel {
	const named =
		model === undefined
			? cloudModels('openai', { models: credential.models, listed: [] }).find(({ kinds }) => kinds[kind] !== undefined)
			: cloudModel('openai', model);
	if (named?.kinds[kind] === undefined) throw new Problem('no-provider', `${model ?? 'openai'} does not make ${kind}`);
	return named;
}

/** Draws by OpenAI's images API, or by whatever speaks it. A request is sent once: what became of one whose answer is lost is not known, and told so. */
export function createOpenaiProvider({ credentials, call }: OpenaiDeps): Provider {
	/** The pictures that a request brings along, each as the API wants it. */
	const filesOf = async (
		{ references = [], kind }: GenerationRequest,
		{ references: most }: CloudModel,
		readFile: ProviderContext['readFile'],
	): Promise<FormField[]> => {
		const pictures = references.filter(({ role }) => role === 'reference' || role === 'control').slice(0, most);
		const masks = references.filter(({ role }) => role === 'mask');
		const files = await Promise.all(pictures.map(async ({ sha256 }) => asPng(await readFile(sha256))));
		const [first] = files;
		if (first === undefined) throw new Problem('provider-refused', `${kind} needs a picture to begin with`);
		const [mask] = masks;
		if (kind === 'inpaint' && mask === undefined) throw new Problem('provider-refused', 'inpaint needs a mask');
		const name = files.length > 1 ? 'image[]' : 'image';
		return [
			...files.map((file, index) => ({ name, file, fileName: `picture-${index + 1}.png` })),
			...(mask === undefined
				? []
				: [{ name: 'mask', file: await asMask(await readFile(mask.sha256), first), fileName: 'mask.png' }]),
		];
	};
	return {
		name: 'openai',
		kinds: ['text-to-image', 'image-to-image', 'inpaint'],
		async make(request, context) {
			const { signal, onProgress, attempt, readFile, projectId = '' } = context;
			signal.throwIfAborted();
			const credential = await credentials.ofProject(projectId, 'openai');
			const model = modelOf(request, credential);
			const client = createOpenaiClient(credential, call);
			const wish: Size = [request.widthPx, request.heightPx];
			const [width, height] = sizeToAsk(model.sizes, wish);
			const about: Record<string, string | number> = {
				model: model.name,
				prompt: promptOf(request, promptChars(model.name)),
				n: 1,
				size: `${width}x${height}`,
				...(answersInline(model.name) ? {} : { response_format: 'b64_json' }),
				...Object.fromEntries(Object.entries(request.parameters ?? {}).filter(([name]) => settable.test(name))),
			};
			const files = request.kind === 'text-to-image' ? [] : await filesOf(request, model, readFile);
			await onProgress({ stage: 'asking', value: 0, max: 0 });
			signal.throwIfAborted();
			const bytes = await onceOnly(credential.baseUrl, attempt, () =>
				request.kind === 'text-to-image'
					? client.generate(about, signal)
					: client.edit(
							[...Object.entries(about).map(([name, value]) => ({ name, value: String(value) })), ...files],
							signal,
						),
			);
			await onProgress({ stage: 'fetching', value: 0, max: 0 });
			signal.throwIfAborted();
			return takeServicePicture(bytes, wish);
		},
	};
}
