import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addShot } from '@reelroom/shared/project/document.ts';
import { createTakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { shotContent } from '@reelroom/shared/testing/shot-content.ts';
import { saved } from '../live/testing.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

type Person = Awaited<ReturnType<TestServer['person']>>;
let server: TestServer;
let mei: Person;
let rob: Person;
let project = '';
const shotId = 'shot-00000001';

beforeAll(async () => {
	server = await aServer({ openStudio });
	[mei, rob] = [await server.person('Mei'), await server.person('Rob')];
	project = (await server.call('post', '/projects', { token: mei.token, body: { name: 'Film', style: 'noir' } })).json
		.id;
	await server.mongo.db.collection<{ _id: string }>('memberships').insertOne({
		_id: 'membership-rob',
		workspaceId: mei.workspaceId,
		accountId: rob.id,
		role: 'reviewer',
		joinedAt: new Date(),
	} as { _id: string });
	const live = server.live(mei, project);
	await saved(live);
	addShot(live.doc, { newId: () => shotId, origin: 'test' }, { sceneId: 'scene-00000001', content: shotContent });
	await saved(live);
});
afterAll(() => server?.close());

const aPicture = (side = 640, colour = '#a53') =>
	sharp({ create: { width: side, height: side / 2, channels: 3, background: colour } })
		.png()
		.toBuffer();
async function upload(bytes: Uint8Array, { who = mei, shot = shotId, to = project } = {}) {
	const response = await fetch(`${server.url}/api/v1/projects/${to}/shots/${shot}/takes`, {
		method: 'POST',
		headers: { Authorization: `Bearer ${who.token}`, 'Content-Type': 'application/octet-stream' },
		body: new Uint8Array(bytes),
	});
	return { status: response.status, json: (await response.json()) as { id: string; number: number; code: string } };
}
const call = <T>(method: string, path: string, who = mei, body?: object) =>
	server
		.call(method, path, { token: who.token, body })
		.then((reply) => ({ ...reply, json: reply.json as unknown as T }));
const takesOf = async () => (await call<{ id: string; number: number }[]>('get', `/projects/${project}/takes`)).json;

describe('a picture of one’s own', () => {
	it('becomes a take of its shot with the next number, for everybody, and costs nothing', async () => {
		const [first, second] = [await upload(await aPicture()), await upload(await aPicture(320))];
		expect([first.status, second.status]).toEqual([201, 201]);
		expect(second.json.number).toBe(first.json.number + 1);
		expect(first.json).toMatchObject({
			shotId,
			provider: 'upload',
			style: 'noir',
			mediaType: 'image/webp',
			widthPx: 640,
		});
		expect((await takesOf()).map(({ id }) => id)).toEqual([first.json.id, second.json.id]);
		const quota = (await call<{ units: { used: number }[] }>('get', '/quota')).json;
		expect(JSON.stringify(quota)).not.toMatch(/"used":[1-9]/);
	});

	it('is refused for a shot that there is not, from whoever may only review, and when it is no picture', async () => {
		expect((await upload(await aPicture(), { shot: 'shot-00000002' })).json.code).toBe('not-found');
		expect((await upload(await aPicture(), { who: rob })).json.code).toBe('not-allowed');
		expect((await upload(Buffer.from('%PDF-1.7'))).json.code).toBe('not-a-picture');
	});

	it('has a lineage: who added it and when it was, with no recipe', async () => {
		const { json } = await upload(await aPicture());
		const { json: lineage } = await call('get', `/takes/${json.id}/recipe`, rob);
		expect(lineage).toMatchObject({ by: { id: mei.id, name: 'Mei' }, request: null, origin: null, attempts: null });
	});
});

describe('a discarded take', () => {
	it('leaves every list and comes back as it was, however often either is asked', async () => {
		const { json: take } = await upload(await aPicture());
		const before = await takesOf();
		const gone = await Promise.all([1, 2, 3].map(() => call('delete', `/takes/${take.id}`)));
		expect(gone.map(({ status }) => status).sort()).toEqual([204, 404, 404]);
		expect((await takesOf()).map(({ id }) => id)).not.toContain(take.id);
		expect((await call('get', `/takes/${take.id}/recipe`)).status).toBe(404);
		const { json: discarded } = await call<{ take: { id: string } }[]>('get', `/projects/${project}/takes/discarded`);
		expect(discarded.map((each) => each.take.id)).toEqual([take.id]);
		const back = await Promise.all([1, 2].map(() => call<{ id: string }>('post', `/takes/${take.id}/restore`)));
		expect(back.map(({ status, json }) => [status, json.id])).toEqual([
			[200, take.id],
			[200, take.id],
		]);
		expect(await takesOf()).toEqual(before);
	});

	it('shows its thumbnail to whoever may bring it back, and to nobody else', async () => {
		const { json: take } = await upload(await aPicture());
		await call('delete', `/takes/${take.id}`);
		expect((await call('get', `/takes/${take.id}/thumbnail`)).status).toBe(200);
		expect((await call('get', `/takes/${take.id}/thumbnail`, rob)).status).toBe(403);
		expect((await call('get', `/takes/${take.id}/file`)).status).toBe(404);
		for (const path of [`/takes/${take.id}/restore`]) expect((await call('post', path, rob)).status).toBe(403);
	});

	it('keeps its file for thirty days, and neither comes back nor keeps it after that', async () => {
		const { json: take } = await upload(await aPicture(800, '#123'));
		const store = createTakeStore(server.mongo.db);
		const sha256 = (await store.find(take.id))?.sha256 ?? '';
		await call('delete', `/takes/${take.id}`);
		const since = (ms: number) => new Date(Date.now() - ms);
		expect(await store.filesInUse([sha256], since(limits.discardedTakeMs))).toContain(sha256);
		await server.mongo.db
			.collection<{ _id: string }>('takes')
			.updateOne({ _id: take.id }, { $set: { discardedAt: since(limits.discardedTakeMs + 60_000) } });
		expect(await store.filesInUse([sha256], since(limits.discardedTakeMs))).toEqual([]);
		expect((await call('post', `/takes/${take.id}/restore`)).status).toBe(404);
	});
});

describe('votes for takes', () => {
	it('count each person once, by their last word, also of those who may only review', async () => {
		const { json: take } = await upload(await aPicture());
		const vote = (who: Person, on: boolean) =>
			call<{ by: string[] }>('put', `/takes/${take.id}/vote`, who, { vote: on });
		await Promise.all([vote(mei, true), vote(rob, true), vote(rob, true)]);
		const votes = async () =>
			(await call<{ takeId: string; by: string[] }[]>('get', `/projects/${project}/votes`)).json;
		expect((await votes()).find(({ takeId }) => takeId === take.id)?.by.toSorted()).toEqual([mei.id, rob.id].sort());
		expect((await vote(rob, false)).json.by).toEqual([mei.id]);
		await vote(mei, false);
		expect((await votes()).map(({ takeId }) => takeId)).not.toContain(take.id);
		expect((await call('put', '/takes/no-such-take/vote', mei, { vote: true })).status).toBe(404);
	});
});
