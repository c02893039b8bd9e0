import { limits } from '@reelroom/shared/limits.ts';
import { mediaKind } from '@reelroom/shared/media/media-kind.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { cloudModel, cloudModels, type CloudModel } from '@reelroom/shared/provider/cloud-models.ts';
import { mediaOf, type GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { clipSize } from '../clip-size.ts';
import type { CloudCall } from '../cloud-call.ts';
import { cloudProblem } from '../cloud-problems.ts';
import { secretsOf, type Credentials, type OpenCredential } from '../credentials.ts';
import { followWork } from '../follow-work.ts';
import { onceOnly, submittedOnce } from '../once-only.ts';
import type { Provider, ProviderContext, ProviderMedia } from '../provider.ts';
import { takePicture, takeServicePicture } from '../take-picture.ts';
import { arkClipBody, arkPictureBody } from './ark-body.ts';
import { createArkClient } from './ark.ts';
import { arkFaults } from './faults.ts';
import { visualBody, type ReferenceFiles } from './visual-body.ts';
import { createVisualClient, type Brought } from './visual.ts';

export type VolcengineDeps = {
	credentials: Pick<Credentials, 'ofProject'>;
	call: CloudCall;
	log: Log;
	now?: () => Date;
	/** Between two looks at work that goes on there. */
	pollMs?: number;
	/** How long work may be unknown there after it was asked for. */
	unknownMs?: number;
};
type Service = 'volcengine' | 'ark';
type Chosen = { service: Service; credential: OpenCredential; model: CloudModel; name: string };

/** Draws and animates by Volcengine: the signed visual API, and Ark. Work that has an id there is found again under it; what has none is asked for once. */
export function createVolcengineProvider({
	credentials,
	call,
	log,
	now = () => new Date(),
	pollMs = 3_000,
	unknownMs = 30_000,
}: VolcengineDeps): Provider {
	const nameIn = ({ kind, model }: GenerationRequest, found: CloudModel | null | undefined): string => {
		const name = found?.kinds[kind];
		if (name === undefined) throw new Problem('no-provider', `${model ?? 'volcengine'} does not make ${kind}`);
		return name;
	};
	/** The model of a request with the key for it; without a named one the first that can and has a key. */
	async function choose(request: GenerationRequest, projectId: string): Promise<Chosen> {
		const { kind, model: name } = request;
		if (name !== undefined) {
			const model = cloudModel('volcengine', name) ?? cloudModel('ark', name);
			const own = nameIn(request, model);
			const service: Service = model?.service === 'volcengine' ? 'volcengine' : 'ark';
			const credential = await credentials.ofProject(projectId, service);
			return { service, credential, model: model as CloudModel, name: own };
		}
		let missing: unknown = new Problem('credential-missing');
		for (const service of ['ark', 'volcengine'] as const) {
			try {
				const credential = await credentials.ofProject(projectId, service);
				const models = cloudModels(service, { models: credential.models, listed: [] });
				const model = models.find(({ kinds }) => kinds[kind] !== undefined);
				if (model !== undefined) return { service, credential, model, name: nameIn(request, model) };
			} catch (error) {
				if (!(error instanceof Problem) || error.code !== 'credential-missing') throw error;
				missing = error;
			}
		}
		throw missing;
	}
	/** What work brought, fetched without the key from wherever it lies. */
	const bytesOf = async (brought: Brought, credential: OpenCredential, signal: AbortSignal): Promise<Uint8Array> => {
		if ('bytes' in brought) return brought.bytes;
		const { trust } = credential;
		try {
			const { bytes } = await call(brought.url, {
				signal,
				trust,
				timeoutMs: 120_000,
				maxBytes: limits.providerFileBytes,
			});
			return new Uint8Array(bytes);
		} catch (error) {
			throw cloudProblem(error, { ...arkFaults, secrets: secretsOf(credential), isPaid: false });
		}
	};
	const mediaFrom = async (bytes: Uint8Array, request: GenerationRequest): Promise<ProviderMedia> => {
		if (mediaOf(request.kind) === 'video') {
			const size = mediaKind(bytes) === 'mp4' ? clipSize(bytes) : null;
			if (size === null) throw new Problem('provider-failed', 'What came is no clip that can be read');
			return { bytes, mediaType: 'video/mp4', ...size };
		}
		// What was made larger stays as large as it came.
		if (request.kind === 'upscale' && mediaKind(bytes) !== null) return takePicture(bytes);
		return takeServicePicture(bytes, [request.widthPx, request.heightPx]);
	};
	return {
		name: 'volcengine',
		kinds: [
			'text-to-image',
			'image-to-image',
			'inpaint',
			'upscale',
			'text-to-video',
			'image-to-video',
			'first-last-frame-to-video',
		],
		async make(request, context) {
			const { signal, onProgress, attempt, projectId = '' } = context;
			signal.throwIfAborted();
			const chosen = await choose(request, projectId);
			const { service, credential, model, name } = chosen;
			const files = filesOf(request, context);
			const node = `${service}/${name}`;
			await onProgress({ stage: 'asking', value: 0, max: 0 });
			signal.throwIfAborted();
			const follow = (look: Parameters<typeof followWork<Brought>>[0]['look']): Promise<Uint8Array> =>
				followWork({
					look,
					tell: (state) => onProgress({ stage: state === 'queued' ? 'waiting' : 'drawing', value: 0, max: 0 }),
					signal,
					pollMs,
					unknownMs,
				}).then((brought) => bytesOf(brought, credential, signal));
			let bytes: Uint8Array;
			if (service === 'volcengine') {
				const client = createVisualClient(credential, call, now);
				bytes = await submittedOnce(node, attempt, {
					submit: async () => client.submit(await visualBody(name, request, model, files), signal),
					follow: (id) => follow(() => client.look(name, id, signal)),
				});
			} else {
				const client = createArkClient(credential, call);
				bytes =
					mediaOf(request.kind) === 'image'
						? await onceOnly(node, attempt, async () => {
								const brought = await client.picture(await arkPictureBody(name, request, model, files), signal);
								return bytesOf(brought, credential, signal);
							})
						: await submittedOnce(node, attempt, {
								submit: async () => client.submit(await arkClipBody(name, request, model, files), signal),
								follow: (id) =>
									follow(() => client.look(id, signal)).catch(async (error: unknown) => {
										// Whoever takes the task over goes on with it; for anybody else it is at an end.
										if (signal.aborted && attempt?.isTakenOver() !== true)
											await client
												.cancel(id)
												.catch((reason: unknown) => log.warn({ err: reason }, 'a clip could not be taken back'));
										throw error;
									}),
							});
			}
			await onProgress({ stage: 'fetching', value: 0, max: 0 });
			signal.throwIfAborted();
			return mediaFrom(bytes, request);
		},
	};
}

/** Reads the pictures of a request by what they are for. */
const filesOf =
	({ references = [] }: GenerationRequest, { readFile }: ProviderContext): ReferenceFiles =>
	(role) =>
		Promise.all(references.filter((reference) => reference.role === role).map(({ sha256 }) => readFile(sha256)));
