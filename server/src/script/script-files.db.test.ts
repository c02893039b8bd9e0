import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiPrefix } from '@reelroom/shared/http/endpoint.ts';
import { aDocx } from '@reelroom/shared/testing/a-docx.ts';
import { aServer, type TestServer } from '../testing.ts';

let server: TestServer;
let owner: Awaited<ReturnType<TestServer['person']>>;
beforeAll(async () => {
	server = await aServer();
	owner = await server.person();
});
afterAll(() => server?.close());

const aProject = async (): Promise<string> =>
	(await server.call('post', '/projects', { token: owner.token, body: { name: '愚公 & Co' } })).json.id;
const ask = (method: string, path: string, body?: BodyInit): Promise<Response> =>
	fetch(server.url + apiPrefix + path, {
		method,
		headers: { Authorization: `Bearer ${owner.token}`, 'Content-Type': 'application/octet-stream' },
		...(body === undefined ? {} : { body }),
	});
const put = async (id: string, bytes: Uint8Array<ArrayBuffer>, query = ''): Promise<number> =>
	(await ask('PUT', `/projects/${id}/script?replace=true${query}`, bytes)).status;

it('reads a Word document over the API, and hands the script out as Fountain, FDX and PDF that are read again', async () => {
	const id = await aProject();
	expect(await put(id, await aDocx([{ text: 'INT. A - DAY' }, { text: '雪 falls.' }]), '&name=a.docx')).toBe(200);
	const files = await Promise.all(
		['fountain', 'fdx', 'pdf', 'pdf?paper=letter'].map(async (kind) => {
			const reply = await ask('GET', `/projects/${id}/script.${kind}`);
			expect(reply.status).toBe(200);
			expect(reply.headers.get('content-disposition')).toContain(encodeURIComponent('愚公 & Co.'));
			return new Uint8Array(await reply.arrayBuffer());
		}),
	);
	for (const bytes of files) {
		const copy = await aProject();
		expect(await put(copy, bytes)).toBe(200);
		expect(await (await ask('GET', `/projects/${copy}/script.fountain`)).text()).toBe('INT. A - DAY\n\n雪 falls.\n');
	}
});

it('keeps answering others while a file made to hold it up is read, and changes nothing for it', async () => {
	const id = await aProject();
	expect(await put(id, new TextEncoder().encode('INT. A - DAY\n\nSnow.\n'))).toBe(200);
	const flood = new TextEncoder().encode(
		`<FinalDraft><Content>${'<Paragraph Type="Action"><Text>*a</Text></Paragraph>'.repeat(60_000)}</Content></FinalDraft`,
	);
	let slowest = 0;
	let done = false;
	const reading = put(id, flood).finally(() => (done = true));
	while (!done) {
		const before = performance.now();
		await server.call('get', '/health');
		slowest = Math.max(slowest, performance.now() - before);
	}
	expect(await reading).toBe(422);
	expect(slowest).toBeLessThan(1000);
	expect(await (await ask('GET', `/projects/${id}/script.fountain`)).text()).toBe('INT. A - DAY\n\nSnow.\n');
});
