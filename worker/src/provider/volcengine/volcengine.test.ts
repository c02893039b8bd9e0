import { afterEach, describe, expect, test } from 'vitest';
import { createLog } from '@reelroom/shared/node/log.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Fault } from '@reelroom/shared/testing/cloud/stand-in.ts';
import { anArk, aVisualApi, type ArkOptions, type VisualOptions } from '@reelroom/shared/testing/cloud/volcengine.ts';
import { aCall, aContext, aCredential, anAttempt, aRequest, someReferences } from '../cloud.testing.ts';
import type { OpenCredential } from '../credentials.ts';
import { providerContract } from '../provider.contract.ts';
import { createArkClient } from './ark.ts';
import { signedHeaders } from './sign.ts';
import { createVisualClient } from './visual.ts';
import { createVolcengineProvider } from './volcengine.ts';

const keys = { accessKey: 'AKLTthe-right-access-key', secretKey: 'the-right-secret-key==' };
const apiKey = 'ark-right-key-0123456789';
const closers: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});
const providerOf = (own: Partial<Record<string, OpenCredential>>, more = {}) =>
	createVolcengineProvider({
		credentials: {
			ofProject: async (_project, kind) => {
				const credential = own[kind];
				if (credential === undefined) throw new Problem('credential-missing');
				return credential;
			},
		},
		call: aCall(),
		log: createLog('test', 'silent'),
		pollMs: 20,
		unknownMs: 100,
		...more,
	});
async function openVisual(options: VisualOptions = {}) {
	const service = await aVisualApi(options);
	closers.push(() => service.close());
	const credential = aCredential({ baseUrl: service.url, ...keys });
	return { service, credential, provider: providerOf({ volcengine: credential }) };
}
async function openArk(options: ArkOptions = {}) {
	const service = await anArk(options);
	closers.push(() => service.close());
	const credential = aCredential({ baseUrl: service.baseUrl, apiKey });
	return { service, credential, provider: providerOf({ ark: credential }) };
}
const picture = (about = {}) => aRequest({ model: 'jimeng-image-3', ...about });
const clip = (about = {}) => aRequest({ kind: 'text-to-video', model: 'jimeng-video-3', ...about });

providerContract(
	'volcengine, visual API',
	async () => ({ provider: (await openVisual()).provider, request: picture() }),
	{ previews: false },
);
providerContract(
	'volcengine, Ark',
	async () => ({
		provider: (await openArk()).provider,
		request: aRequest({ model: 'doubao-seedream-3-0-t2i-250415' }),
	}),
	{ previews: false },
);

test('a request is signed as the service computes it: this signature was computed apart from the product', () => {
	const headers = signedHeaders({
		method: 'POST',
		url: new URL('https://visual.volcengineapi.com/?Action=CVSync2AsyncSubmitTask&Version=2022-08-31'),
		body: '{"req_key":"jimeng_t2i_v31","prompt":"千军万马"}',
		...keys,
		region: 'cn-north-1',
		service: 'cv',
		at: new Date('2026-11-27T20:54:56.789Z'),
	});
	expect(headers['x-date']).toBe('20261127T205456Z');
	expect(headers['authorization']).toBe(
		'HMAC-SHA256 Credential=AKLTthe-right-access-key/20261127/cn-north-1/cv/request, SignedHeaders=content-type;host;x-content-sha256;x-date, Signature=fce956e345f9dfba19ac7af8e6161fe34b9a92fa93097a1e005d581f3053d97f',
	);
});

describe('the visual API', () => {
	test('draws: the words, size and seed arrive under the key of the model, and the picture has the wished shape', async () => {
		const { service, provider } = await openVisual({ looks: 3 });
		const stages: string[] = [];
		const made = await provider.make(picture({ seed: 11 }), aContext({ told: ({ stage }) => stages.push(stage) }));
		expect(service.submitted()).toEqual([
			{
				req_key: 'jimeng_t2i_v31',
				prompt: 'A lamp on a table',
				width: 1664,
				height: 936,
				seed: 11,
				use_pre_llm: false,
			},
		]);
		expect([made.mediaType, made.widthPx, made.heightPx]).toEqual(['image/webp', 640, 360]);
		expect([...new Set(stages)]).toEqual(['asking', 'waiting', 'drawing', 'fetching']);
	});
	test('takes pictures that come as bytes, and seeds as large as the product has them', async () => {
		const { service, provider } = await openVisual({ answersWithUrl: false });
		await provider.make(picture({ seed: Number.MAX_SAFE_INTEGER }), aContext());
		expect(Number(service.submitted()[0]?.['seed'])).toBeLessThan(2 ** 31);
	});
	test('changes, paints over and enlarges pictures', async () => {
		const { service, provider } = await openVisual();
		const { references, readFile } = await someReferences(
			{ role: 'reference', width: 640, height: 360 },
			{ role: 'mask', width: 640, height: 360, colour: '#ffffff' },
		);
		const context = () => aContext({ readFile });
		await provider.make(picture({ kind: 'image-to-image', references, strength: 0.4 }), context());
		await provider.make(picture({ kind: 'inpaint', references }), context());
		await provider.make(picture({ kind: 'upscale', references }), context());
		expect(service.submitted()).toMatchObject([
			{ req_key: 'jimeng_i2i_v30', scale: 0.4 },
			{ req_key: 'i2i_inpainting_edit', custom_prompt: 'A lamp on a table' },
			{ req_key: 'jimeng_i2i_seed3_tilesr_cvtob', resolution: '4k' },
		]);
	});
	test('animates words, a first frame, and a first with a last frame, as long as the shot or a little longer', async () => {
		const { service, provider } = await openVisual();
		const { references, readFile } = await someReferences(
			{ role: 'reference', width: 640, height: 360 },
			{ role: 'last', width: 640, height: 360, colour: '#224488' },
		);
		const made = await provider.make(clip({ durationFrames: 144, fps: 24 }), aContext());
		expect([made.mediaType, made.widthPx, made.heightPx]).toEqual(['video/mp4', 64, 64]);
		await provider.make(clip({ kind: 'image-to-video', references }), aContext({ readFile }));
		await provider.make(clip({ kind: 'first-last-frame-to-video', references }), aContext({ readFile }));
		expect(service.submitted()).toMatchObject([
			{ req_key: 'jimeng_t2v_v30', frames: 241, aspect_ratio: '16:9' },
			{ req_key: 'jimeng_i2v_first_v30', frames: 121 },
			{ req_key: 'jimeng_i2v_first_tail_v30', frames: 121 },
		]);
		expect(service.submitted()[2]?.['binary_data_base64']).toHaveLength(2);
	});
	test('each fault has its own problem', async () => {
		const { service, credential, provider } = await openVisual();
		const coded = (code: number, status: number, headers = {}): Fault => ({
			status,
			body: { code, data: null, message: 'Words' },
			headers,
		});
		const gateway = (status: number, Code: string): Fault => ({
			status,
			body: { ResponseMetadata: { RequestId: '1', Error: { CodeN: 1, Code, Message: 'Words' } } },
		});
		const expected: [Fault, object][] = [
			[coded(50_411, 400), { code: 'content-refused' }],
			[coded(50_413, 400), { code: 'content-refused' }],
			[coded(50_429, 429), { code: 'provider-busy' }],
			[coded(50_430, 429, { 'Retry-After': '9' }), { code: 'provider-busy', retryAfterMs: 9000 }],
			[coded(50_215, 400), { code: 'provider-refused' }],
			[coded(50_400, 400), { code: 'credential-refused' }],
			[coded(50_500, 500), { code: 'provider-unavailable' }],
			[coded(50_501, 200), { code: 'provider-unavailable' }],
			[gateway(401, 'SignatureDoesNotMatch'), { code: 'credential-refused' }],
			[gateway(429, 'FlowLimitExceeded'), { code: 'provider-busy' }],
			[gateway(403, 'AccountOverdue'), { code: 'provider-out-of-credit' }],
			[gateway(404, 'InvalidActionOrVersion'), { code: 'provider-refused' }],
			[{ status: 503, body: 'away' }, { code: 'provider-unavailable' }],
			['cut', { code: 'provider-outcome-unknown' }],
			['cut-after', { code: 'provider-outcome-unknown' }],
		];
		for (const [fault, problem] of expected) {
			service.fail(/SubmitTask/, fault);
			await expect(provider.make(picture(), aContext()), JSON.stringify(fault)).rejects.toMatchObject(problem);
		}
		await expect(provider.make(picture({ prompt: 'forbidden' }), aContext())).rejects.toMatchObject({
			code: 'content-refused',
			message: 'Text Risk Not Pass',
		});
		await expect(provider.make(picture({ prompt: 'shameful' }), aContext())).rejects.toMatchObject({
			code: 'content-refused',
		});
		const wrong = providerOf({ volcengine: { ...credential, secretKey: 'another' } });
		const refused = await wrong.make(picture(), aContext()).catch((error: unknown) => error as Problem);
		expect(refused).toMatchObject({ code: 'credential-refused' });
		expect((refused as Problem).message).not.toContain(keys.accessKey);
	});
	test('whoever takes a task over follows the work that was submitted, and submits no other', async () => {
		const { service, provider } = await openVisual({ looks: 40 });
		const stop = new AbortController();
		const first = anAttempt();
		const dying = provider.make(
			clip(),
			aContext({
				attempt: first,
				signal: stop.signal,
				told: ({ stage }) => stage === 'drawing' && stop.abort(new Error('killed')),
			}),
		);
		await expect(dying).rejects.toThrow('killed');
		expect(first.kept).toEqual([
			{ node: 'volcengine/jimeng_t2v_v30', promptId: 'asking', isPaid: true },
			{ node: 'volcengine/jimeng_t2v_v30', promptId: expect.stringMatching(/^id:\d+$/) as string, isPaid: true },
		]);
		const second = anAttempt(first.kept.at(-1) ?? null);
		const made = await provider.make(clip(), aContext({ attempt: second }));
		expect(made.mediaType).toBe('video/mp4');
		expect(service.submitted()).toHaveLength(1);
		expect(second.kept).toEqual([]);
	});
	test('a look that fails is repeated, and a service that stays away leaves the work to be found later', async () => {
		const { service, provider } = await openVisual();
		service.fail(/GetResult/, 'cut', { status: 500, body: { code: 50_500 } }, { status: 502, body: 'away' });
		await provider.make(picture(), aContext());
		service.fail(/GetResult/, 'cut', 'cut', 'cut', 'cut', 'cut');
		const first = anAttempt();
		await expect(provider.make(picture({ seed: 2 }), aContext({ attempt: first }))).rejects.toMatchObject({
			code: 'provider-unavailable',
		});
		await provider.make(picture({ seed: 2 }), aContext({ attempt: anAttempt(first.kept.at(-1) ?? null) }));
		expect(service.submitted()).toHaveLength(2);
	});
	test('work that the service no longer knows fails, and is asked for anew only by another task', async () => {
		const { service, provider } = await openVisual({ looks: 1000 });
		const attempt = anAttempt();
		let looks = 0;
		const lost = provider.make(
			picture(),
			aContext({ attempt, told: ({ stage }) => stage === 'drawing' && looks++ === 2 && service.forget() }),
		);
		await expect(lost).rejects.toMatchObject({ code: 'provider-failed' });
		expect(attempt.kept.at(-1)?.promptId).toBe('');
	});
	test('keys are tried by asking for work that is not there', async () => {
		const { service, credential } = await openVisual();
		const now = () => new Date();
		const { signal } = new AbortController();
		await createVisualClient(credential, aCall(), now).tryKeys(signal);
		const wrong = createVisualClient({ ...credential, accessKey: 'AKLTwrong' }, aCall(), now);
		await expect(wrong.tryKeys(signal)).rejects.toMatchObject({ code: 'credential-refused' });
		expect(service.submitted()).toEqual([]);
	});
});

describe('Ark', () => {
	const seedream = 'doubao-seedream-4-0-250828';
	const seedance = 'doubao-seedance-1-0-pro-250528';
	test('draws in one call, from words and from pictures', async () => {
		const { service, provider } = await openArk({ answersWithUrl: true });
		const { references, readFile } = await someReferences(
			{ role: 'reference', width: 640, height: 360 },
			{ role: 'reference', width: 360, height: 640 },
		);
		const made = await provider.make(aRequest({ model: seedream }), aContext());
		expect([made.widthPx, made.heightPx]).toEqual([640, 360]);
		await provider.make(aRequest({ model: seedream, kind: 'image-to-image', references }), aContext({ readFile }));
		expect(service.received[0]?.json).toMatchObject({
			model: seedream,
			size: '1280x720',
			watermark: false,
			sequential_image_generation: 'disabled',
		});
		const edited = service.received.find(({ json }) => json !== undefined && 'image' in (json as object));
		expect((edited?.json as { image: string[] }).image).toHaveLength(2);
	});
	test('animates, with its measures as commands or as fields, and takes back what waits when it is cancelled', async () => {
		const { service, provider } = await openArk();
		const { references, readFile } = await someReferences(
			{ role: 'reference', width: 640, height: 360 },
			{ role: 'last', width: 640, height: 360 },
		);
		const ask = { kind: 'first-last-frame-to-video', references, durationFrames: 72, fps: 24 } as const;
		const made = await provider.make(aRequest({ model: seedance, ...ask }), aContext({ readFile }));
		expect(made.mediaType).toBe('video/mp4');
		const newer = aRequest({
			kind: 'text-to-video',
			model: 'doubao-seedance-1-5-pro-251215',
			durationFrames: 72,
			fps: 24,
		});
		await provider.make(newer, aContext());
		expect(service.submitted()).toMatchObject([
			{
				content: [
					{ text: expect.stringContaining('--resolution 480p --ratio adaptive --duration 3 --seed 7') as string },
					{ role: 'first_frame' },
					{ role: 'last_frame' },
				],
			},
			{ content: [{ text: 'A lamp on a table' }], ratio: '16:9', duration: 4, generate_audio: false },
		]);
		const slow = await openArk({ looks: 1000 });
		const stop = new AbortController();
		const cancelled = slow.provider.make(
			aRequest({ kind: 'text-to-video', model: seedance }),
			aContext({ signal: stop.signal, told: ({ stage }) => stage === 'waiting' && stop.abort(new Error('cancelled')) }),
		);
		await expect(cancelled).rejects.toThrow('cancelled');
		expect(slow.service.statuses()).toEqual(['cancelled']);
	});
	test('a clip is found again under its id; a picture that was being asked for is not asked for again', async () => {
		const { service, provider } = await openArk({ looks: 30 });
		const stop = new AbortController();
		const first = { ...anAttempt(), isTakenOver: () => true };
		const request = aRequest({ kind: 'text-to-video', model: seedance });
		const dying = provider.make(
			request,
			aContext({
				attempt: first,
				signal: stop.signal,
				told: ({ stage }) => stage === 'drawing' && stop.abort(new Error('closing')),
			}),
		);
		await expect(dying).rejects.toThrow('closing');
		await provider.make(request, aContext({ attempt: anAttempt(first.kept.at(-1) ?? null) }));
		expect(service.submitted()).toHaveLength(1);
		const marked = anAttempt({ node: `ark/${seedream}`, promptId: 'asking' });
		await expect(provider.make(aRequest({ model: seedream }), aContext({ attempt: marked }))).rejects.toMatchObject({
			code: 'provider-outcome-unknown',
		});
	});
	test('each fault has its own problem, also of a clip that fails on the way', async () => {
		const { service, provider } = await openArk();
		const coded = (status: number, code: string, headers = {}): Fault => ({
			status,
			body: { error: { code, message: `Words with ${apiKey}` } },
			headers,
		});
		const expected: [Fault, object][] = [
			[coded(400, 'InputImageSensitiveContentDetected.PrivacyInformation'), { code: 'content-refused' }],
			[coded(400, 'OutputImageSensitiveContentDetected'), { code: 'content-refused' }],
			[coded(403, 'AccountOverdueError'), { code: 'provider-out-of-credit' }],
			[coded(429, 'QuotaExceeded'), { code: 'provider-out-of-credit' }],
			[
				coded(429, 'RateLimitExceeded.EndpointRPMExceeded', { 'Retry-After': '5' }),
				{ code: 'provider-busy', retryAfterMs: 5000, message: 'Words with …' },
			],
			[coded(429, 'ModelAccountRpmRateLimitExceeded'), { code: 'provider-busy' }],
			[coded(429, 'ServerOverloaded'), { code: 'provider-busy' }],
			[coded(401, 'AuthenticationError'), { code: 'credential-refused' }],
			[coded(404, 'ModelNotOpen'), { code: 'credential-refused' }],
			[coded(404, 'InvalidEndpointOrModel.NotFound'), { code: 'provider-refused' }],
			[coded(400, 'InvalidParameter.size'), { code: 'provider-refused' }],
			[coded(500, 'InternalServiceError'), { code: 'provider-unavailable' }],
			['cut', { code: 'provider-outcome-unknown' }],
		];
		for (const [fault, problem] of expected) {
			service.fail(/POST/, fault);
			await expect(
				provider.make(aRequest({ model: seedream }), aContext()),
				JSON.stringify(fault),
			).rejects.toMatchObject(problem);
		}
		const shameful = aRequest({ kind: 'text-to-video', model: seedance, prompt: 'shameful' });
		const attempt = anAttempt();
		await expect(provider.make(shameful, aContext({ attempt }))).rejects.toMatchObject({ code: 'content-refused' });
		expect(attempt.kept.at(-1)?.promptId).toBe('');
	});
	test('a key is tried by asking for the list of clips', async () => {
		const { credential } = await openArk();
		const { signal } = new AbortController();
		await createArkClient(credential, aCall()).tryKey(signal);
		await expect(createArkClient({ ...credential, apiKey: 'wrong' }, aCall()).tryKey(signal)).rejects.toMatchObject({
			code: 'credential-refused',
		});
	});
});

test('without a named model the first that can is taken for which there is a key; without any key that is said', async () => {
	const { service, credential } = await openVisual();
	await providerOf({ volcengine: credential }).make(aRequest(), aContext());
	expect(service.submitted()).toMatchObject([{ req_key: 'jimeng_t2i_v31' }]);
	await expect(providerOf({}).make(aRequest(), aContext())).rejects.toMatchObject({ code: 'credential-missing' });
	await expect(
		providerOf({ volcengine: credential }).make(aRequest({ model: 'jimeng-video-3' }), aContext()),
	).rejects.toMatchObject({ code: 'no-provider' });
});
