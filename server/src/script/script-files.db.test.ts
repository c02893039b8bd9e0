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

const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text));
type Proposal = {
	status: string;
	base: string;
	scenes: number;
	changes: { kind: string; moved: boolean; heading: string }[];
};
const propose = async (id: string, text: string): Promise<Proposal> =>
	(await (await ask('POST', `/projects/${id}/script/import?name=new.fountain`, bytes(text))).json()) as Proposal;
const accept = (id: string, text: string, query: string): Promise<Response> =>
	ask('POST', `/projects/${id}/script/import/accept?name=new.fountain&${query}`, bytes(text));
const textOf = async (id: string): Promise<string> => (await ask('GET', `/projects/${id}/script.fountain`)).text();
const versionsOf = async (id: string): Promise<{ kind: string; name: string; scenes: number }[]> =>
	(await (await ask('GET', `/projects/${id}/versions`)).json()) as { kind: string; name: string; scenes: number }[];

const now = 'INT. A - DAY\n\nSnow falls on the town.\n\nINT. B - DAY\n\nRain comes from the sea.\n';
const next =
	'INT. B - DAY\n\nRain comes from the sea at last.\n\nINT. A - DAY\n\nSnow falls on the town.\n\nINT. C - DAY\n\nWind.\n';

it('fills an empty script at once, and proposes over one that has words without changing it', async () => {
	const id = await aProject();
	expect(await propose(id, now)).toMatchObject({ status: 'imported', scenes: 2, kind: 'fountain', encoding: 'utf-8' });
	const { status, changes } = await propose(id, next);
	expect(status).toBe('proposed');
	expect(changes.map(({ kind, moved, heading }) => `${moved ? 'moved ' : ''}${kind} ${heading}`)).toEqual([
		'same ',
		'moved changed INT. B - DAY',
		'same INT. A - DAY',
		'new INT. C - DAY',
	]);
	expect(await textOf(id)).toBe(now);
});

it('keeps a version before it changes a script, takes what was chosen, and refuses when somebody typed meanwhile', async () => {
	const id = await aProject();
	await propose(id, now);
	const { base } = await propose(id, next);
	expect((await accept(id, next, 'base=0&leave=')).status).toBe(409);
	expect(await versionsOf(id)).toEqual([]);
	const reply = await accept(id, next, `base=${base}&leave=3`);
	expect([reply.status, ((await reply.json()) as Proposal).scenes]).toEqual([200, 2]);
	expect(await textOf(id)).toBe(next.slice(0, next.indexOf('INT. C')));
	expect(await versionsOf(id)).toMatchObject([{ kind: 'import', name: 'Before import of new.fountain', scenes: 2 }]);
	// The same acceptance again is for words that are gone.
	expect((await accept(id, next, `base=${base}&leave=3`)).status).toBe(409);
	expect((await accept(id, next, `base=${base}&leave=x`)).status).toBe(400);
	const again = await propose(id, next);
	const both = await Promise.all([1, 2, 3].map(() => accept(id, next, `base=${again.base}`)));
	expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
	expect(await textOf(id)).toBe(next);
});
