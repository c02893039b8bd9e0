import { afterEach, expect, test } from 'vitest';
import sharp from 'sharp';
import { anOpenai, type OpenaiOptions } from '@reelroom/shared/testing/cloud/openai.ts';
import type { Answer, Fault } from '@reelroom/shared/testing/cloud/stand-in.ts';
import { aCall, aContext, aCredential, anAttempt, aRequest, someReferences } from '../cloud.testing.ts';
import type { OpenCredential } from '../credentials.ts';
import { providerContract } from '../provider.contract.ts';
import { createOpenaiClient } from './client.ts';
import { createOpenaiProvider } from './openai.ts';

const apiKey = 'sk-right-key-0123456789';
const closers: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});
async function open(options: OpenaiOptions = {}, about: Partial<OpenCredential> = {}) {
	const service = await anOpenai(options);
	closers.push(() => service.close());
	const credential = aCredential({ baseUrl: service.baseUrl, apiKey, ...about });
	const provider = createOpenaiProvider({ credentials: { ofProject: async () => credential }, call: aCall() });
	return { service, credential, provider };
}
const answer = (status: number, error: object, headers: Record<string, string> = {}): Answer => ({
	status,
	body: { error },
	headers,
});

providerContract(
	'openai',
	async () => ({ provider: (await open()).provider, request: aRequest({ model: 'gpt-image-1' }) }),
	{ previews: false, seeds: false },
);

test('a picture is asked for in the size whose shape is nearest, then cropped and made smaller to the wish, never larger', async () => {
	const { service, provider } = await open();
	const made = await provider.make(aRequest({ model: 'gpt-image-1' }), aContext());
	expect(service.received[0]?.json).toMatchObject({ model: 'gpt-image-1', size: '1536x1024', n: 1 });
	expect([made.widthPx, made.heightPx]).toEqual([640, 360]);
	const tall = aRequest({ model: 'gpt-image-1', widthPx: 2160, heightPx: 3840 });
	const large = await provider.make(tall, aContext());
	expect(service.received[1]?.json).toMatchObject({ size: '1024x1536' });
	// 1024 × 1536 holds 864 × 1536 of 9:16.
	expect([large.widthPx, large.heightPx]).toEqual([864, 1536]);
});

test('what is not wanted follows the words, and only what the API knows is passed on', async () => {
	const { service, provider } = await open();
	const parameters = { quality: 'low', cfg: 7 };
	await provider.make(aRequest({ model: 'gpt-image-1', negativePrompt: 'people', parameters }), aContext());
	expect(service.received[0]?.json).toMatchObject({ prompt: 'A lamp on a table. Avoid: people', quality: 'low' });
	expect(service.received[0]?.json).not.toHaveProperty('cfg');
});

test('pictures and a mask are sent as a form; the mask is clear where it was white, and as large as the picture', async () => {
	const { service, provider } = await open();
	const { references, readFile } = await someReferences(
		{ role: 'reference', width: 320, height: 200 },
		{ role: 'reference', width: 64, height: 64 },
		{ role: 'mask', width: 32, height: 20, colour: '#ffffff' },
	);
	await provider.make(aRequest({ kind: 'inpaint', model: 'gpt-image-1', references }), aContext({ readFile }));
	expect(service.edits).toEqual([{ pictures: 2, size: '320x200', mask: '320x200', prompt: 'A lamp on a table' }]);
	const form = service.received[0]?.bytes ?? Buffer.alloc(0);
	const at = form.indexOf('\x89PNG', form.indexOf('name="mask"'), 'latin1');
	const { channels } = await sharp(form.subarray(at)).stats();
	expect(channels.at(-1)?.max).toBe(0);
	const none = provider.make(aRequest({ kind: 'image-to-image', model: 'gpt-image-1' }), aContext());
	await expect(none).rejects.toMatchObject({ code: 'provider-refused' });
});

test('a gateway of any sizes is asked for the very size, may answer with an address, and needs no key', async () => {
	const options = { apiKey: null, models: ['flux-dev'], answersWithUrl: true };
	const { service, provider } = await open(options, { apiKey: null });
	const made = await provider.make(aRequest({ model: 'flux-dev' }), aContext());
	expect(service.received[0]?.json).toMatchObject({ size: '640x360', response_format: 'b64_json' });
	expect([made.widthPx, made.heightPx]).toEqual([640, 360]);
	expect(service.received.map(({ target }) => target.split('/')[1])).toEqual(['v1', 'files']);
});

test('an address that a service gives is not called unless it is public: not this machine, not a private network, not where it leads on', async () => {
	for (const filesAt of ['http://127.0.0.1:9', 'https://10.0.0.1', 'http://169.254.169.254/latest', 'file:///etc']) {
		const { provider } = await open({ apiKey: null, models: ['flux-dev'], answersWithUrl: true, filesAt });
		const made = provider.make(aRequest({ model: 'flux-dev' }), aContext());
		await expect(made, filesAt).rejects.toMatchObject({ code: 'address-refused' });
	}
	const { service, provider } = await open({ apiKey: null, models: ['flux-dev'], answersWithUrl: true });
	service.fail(/files/, { status: 302, body: '', headers: { Location: 'http://169.254.169.254/' } });
	await expect(provider.make(aRequest({ model: 'flux-dev' }), aContext())).rejects.toMatchObject({
		code: 'address-refused',
	});
});

test('each fault has its own problem: content, request, key, credit, too many, trouble', async () => {
	const { service, provider } = await open();
	const make = (about = {}) => provider.make(aRequest({ model: 'gpt-image-1', ...about }), aContext());
	await expect(make({ prompt: 'a forbidden thing' })).rejects.toMatchObject({
		code: 'content-refused',
		message: 'Your request was rejected by the safety system.',
	});
	await expect(make({ parameters: { quality: 'low' }, model: 'no-such-image' })).rejects.toMatchObject({
		code: 'provider-refused',
	});
	const expected: [Fault, object][] = [
		[answer(401, { code: 'invalid_api_key', message: `Bad key ${apiKey}` }), { code: 'credential-refused' }],
		[answer(403, { code: null, message: 'Verify your organization' }), { code: 'credential-refused' }],
		[answer(429, { code: 'insufficient_quota', message: 'No quota' }), { code: 'provider-out-of-credit' }],
		[answer(400, { code: 'billing_hard_limit_reached', message: '' }), { code: 'provider-out-of-credit' }],
		[answer(402, { message: 'Pay first' }), { code: 'provider-out-of-credit' }],
		[
			answer(429, { code: 'rate_limit_exceeded', message: 'Slow' }, { 'Retry-After': '7' }),
			{ code: 'provider-busy', retryAfterMs: 7000 },
		],
		[answer(429, {}, { 'retry-after-ms': '1500', 'Retry-After': '2' }), { code: 'provider-busy', retryAfterMs: 1500 }],
		[answer(503, {}, { 'Retry-After': '3' }), { code: 'provider-unavailable', retryAfterMs: 3000 }],
		[answer(500, { message: 'Trouble' }), { code: 'provider-unavailable', retryAfterMs: undefined }],
		[{ status: 200, body: { data: [] } }, { code: 'provider-failed' }],
		[{ status: 200, body: { data: [{ b64_json: 'aGVsbG8=' }] } }, { code: 'provider-failed' }],
	];
	for (const [fault, problem] of expected) {
		service.fail(/POST/, fault);
		await expect(make(), JSON.stringify(fault)).rejects.toMatchObject(problem);
	}
	service.fail(/POST/, answer(401, { code: 'invalid_api_key', message: `Bad key ${apiKey} at https://x.example/y` }));
	await expect(make()).rejects.toMatchObject({ message: 'Bad key … at …' });
});

test('a service that cannot be reached has done nothing; of one that heard the request and was cut off it is not known', async () => {
	const gone = await open();
	await gone.service.close();
	const attempt = anAttempt();
	const unreached = gone.provider.make(aRequest({ model: 'gpt-image-1' }), aContext({ attempt }));
	await expect(unreached).rejects.toMatchObject({ code: 'provider-unavailable' });
	expect(attempt.kept.at(-1)?.promptId).toBe('');
	for (const fault of ['cut', 'cut-after', answer(504, {}), answer(524, {})] as const) {
		const { service, provider } = await open();
		service.fail(/POST/, fault);
		const kept = anAttempt();
		const lost = provider.make(aRequest({ model: 'gpt-image-1' }), aContext({ attempt: kept }));
		await expect(lost, String(fault)).rejects.toMatchObject({ code: 'provider-outcome-unknown' });
		expect(kept.kept.at(-1)?.promptId).toBe('asking');
	}
});

test('a task whose worker died while it was asking is not asked for again by itself, and is once somebody begins it anew', async () => {
	const { service, provider } = await open();
	const stop = new AbortController();
	const first = anAttempt();
	service.fail(/POST/, 'hang');
	const dying = provider.make(aRequest({ model: 'gpt-image-1' }), aContext({ attempt: first, signal: stop.signal }));
	const ended = expect(dying).rejects.toThrow('killed');
	await expect.poll(() => service.received.length).toBe(1);
	stop.abort(new Error('killed'));
	await ended;
	const second = anAttempt(first.kept.at(-1) ?? null);
	await expect(provider.make(aRequest({ model: 'gpt-image-1' }), aContext({ attempt: second }))).rejects.toMatchObject({
		code: 'provider-outcome-unknown',
	});
	expect(service.received).toHaveLength(1);
	await provider.make(aRequest({ model: 'gpt-image-1' }), aContext());
	expect(service.received).toHaveLength(2);
});

test('an attempt that certainly brought nothing leaves no mark, so that the next one asks', async () => {
	const { service, provider } = await open();
	service.fail(/POST/, answer(503, {}));
	const first = anAttempt();
	await expect(provider.make(aRequest({ model: 'gpt-image-1' }), aContext({ attempt: first }))).rejects.toThrow();
	const second = anAttempt(first.kept.at(-1) ?? null);
	await provider.make(aRequest({ model: 'gpt-image-1' }), aContext({ attempt: second }));
	expect(service.received).toHaveLength(2);
});

test('a key is tried by asking for the models; an address where nobody lists any is told', async () => {
	const { service, credential } = await open();
	const { signal } = new AbortController();
	expect(await createOpenaiClient(credential, aCall()).models(signal)).toEqual(['gpt-image-1', 'dall-e-3', 'gpt-4o']);
	const wrong = createOpenaiClient({ ...credential, apiKey: 'sk-wrong-key' }, aCall());
	await expect(wrong.models(signal)).rejects.toMatchObject({ code: 'credential-refused' });
	const elsewhere = createOpenaiClient({ ...credential, baseUrl: service.url }, aCall());
	await expect(elsewhere.models(signal)).rejects.toMatchObject({ code: 'provider-refused' });
});
