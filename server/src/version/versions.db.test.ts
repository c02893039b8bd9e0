import * as Y from 'yjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import type { Version, VersionContent } from '@reelroom/shared/version/version.ts';
import { aServer, type TestServer } from '../testing.ts';

let server: TestServer;
let owner: Awaited<ReturnType<TestServer['person']>>;

beforeAll(async () => {
	server = await aServer();
	owner = await server.person('Mei');
});
afterAll(() => server?.close());

async function aProject(script: string): Promise<string> {
	const reply = await server.call('post', '/projects', { token: owner.token, body: { name: 'A film', script } });
	return reply.json.id;
}
const name = async (projectId: string, words: string) =>
	(await server.call('post', `/projects/${projectId}/versions`, { token: owner.token, body: { name: words } }))
		.json as unknown as Version;
const list = async (projectId: string, query = '') =>
	(await server.call('get', `/projects/${projectId}/versions${query}`, { token: owner.token }))
		.json as unknown as Version[];
const read = async (id: string) =>
	(await server.call('get', `/versions/${id}`, { token: owner.token })).json as unknown as VersionContent;
const edit = (projectId: string, script: string) =>
	server.call('put', `/projects/${projectId}/script?replace=true`, { token: owner.token, body: script });
function textOf({ update }: VersionContent): string {
	const doc = new Y.Doc();
	Y.applyUpdate(doc, Buffer.from(update, 'base64'));
	return scriptOf(doc).toString();
}

it('a named version holds the script as it was, whatever is written afterwards', async () => {
	const projectId = await aProject('INT. ROOM - DAY\n\nA chair.\n');
	const { id } = await name(projectId, 'First draft');
	await edit(projectId, 'INT. HALL - NIGHT\n\nA table.\n');
	const content = await read(id);
	expect(textOf(content)).toBe('INT. ROOM - DAY\n\nA chair.\n');
	expect(content.version).toMatchObject({
		name: 'First draft',
		kind: 'named',
		by: { name: 'Mei' },
		scenes: 1,
		words: 5,
	});
});

it('knows who wrote each letter, also where the server wrote it for them', async () => {
	const projectId = await aProject('INT. ROOM - DAY\n');
	const { owners, people, update } = await read((await name(projectId, 'Draft')).id);
	const doc = new Y.Doc();
	Y.applyUpdate(doc, Buffer.from(update, 'base64'));
	const writers = new Set<number>();
	for (let item = scriptOf(doc)._start; item !== null; item = item.right) writers.add(item.id.client);
	const ownerOf = new Map(owners);
	expect([...writers].map((clientId) => ownerOf.get(clientId))).toEqual([owner.id]);
	expect(people).toEqual([{ id: owner.id, name: 'Mei' }]);
});

it('lists versions from the newest on, page by page', async () => {
	const projectId = await aProject('INT. ROOM - DAY\n');
	for (const words of ['one', 'two', 'three']) await name(projectId, words);
	const [newest, ...older] = await list(projectId);
	expect([newest?.name, ...older.map((version) => version.name)]).toEqual(['three', 'two', 'one']);
	expect((await list(projectId, `?limit=1&before=${newest?.id ?? ''}`)).map((version) => version.name)).toEqual([
		'two',
	]);
});
