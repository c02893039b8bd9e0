import { afterEach, expect, test } from 'vitest';
import { anOpenai, type OpenaiOptions } from '@reelroom/shared/testing/cloud/openai.ts';
import { chat } from './chat.ts';
import { aCall, aCredential } from './cloud.testing.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});
async function open(options: OpenaiOptions = {}) {
	const service = await anOpenai({ models: ['qwen'], ...options });
	closers.push(() => service.close());
	const credential = aCredential({ baseUrl: service.baseUrl, apiKey: 'sk-right-key-0123456789', models: ['qwen'] });
	const told: string[] = [];
	const stop = new AbortController();
	const write = (words = 'a lamp') =>
		chat(
			{ messages: [{ role: 'user', content: words }], maxTokens: 100 },
			{ credential, call: aCall(), signal: stop.signal, onText: (text) => told.push(text) },
		);
	return { service, told, stop, write };
}

test('words are told as they come, whole characters only, and the whole is answered', async () => {
	const said = '一盏灯 in the dark, 很亮。';
	const { service, told, write } = await open({ says: () => said });
	expect(await write()).toBe(said);
	expect(told.length).toBeGreaterThan(3);
	for (const text of told) expect(said.startsWith(text)).toBe(true);
	expect(service.received[0]?.json).toMatchObject({ model: 'qwen', stream: true, max_tokens: 100 });
});

test('a service that does not stream, and one that says something in between, are understood', async () => {
	const whole = await open({ says: () => 'All at once', streams: false });
	expect(await whole.write()).toBe('All at once');
	const talkative = await open({ says: () => 'Word by word', remarks: true });
	expect(await talkative.write()).toBe('Word by word');
});

test('what goes wrong has its problem: key, refused words, nothing written, a stream that breaks off, an abort', async () => {
	const { service, write } = await open();
	service.fail(/chat/, { status: 401, body: { error: { code: 'invalid_api_key', message: 'no' } } });
	await expect(write()).rejects.toMatchObject({ code: 'credential-refused' });
	await expect(write('forbidden')).rejects.toMatchObject({ code: 'content-refused' });
	const empty = await open({ says: () => '' });
	await expect(empty.write()).rejects.toMatchObject({ code: 'provider-failed' });
	const broken = await open({ says: () => 'half of it', breaksOff: true });
	await expect(broken.write()).rejects.toMatchObject({ code: 'provider-unavailable' });
	const slow = await open({ says: () => 'slowly and slowly', paceMs: 50 });
	const writing = slow.write();
	await expect.poll(() => slow.told.length).toBeGreaterThan(0);
	slow.stop.abort(new Error('stopped'));
	await expect(writing).rejects.toThrow('stopped');
});
