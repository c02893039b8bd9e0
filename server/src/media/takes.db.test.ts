import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addShot, editShot, readBoard } from '@reelroom/shared/project/document.ts';
import { createAskStore, type AskRecord } from '@reelroom/shared/node/stores/ask-store.ts';
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
	project = (
		await server.call('post', '/projects', {
			token: mei.token,
			body: { name: 'Film', style: 'noir', script: 'INT. CABIN - NIGHT\n\nRain.\n' },
		})
	).json.id;
	await server.call('post', `/projects/${project}/break-down/accept`, { token: mei.token, body: {} });
	await server.mongo.db.collection<{ _id: string }>('memberships').insertOne({
		_id: 'membership-rob',
		workspaceId: mei.workspaceId,
		accountId: rob.id,
		role: 'reviewer',
		joinedAt: new Date(),
	} as { _id: string });
	const live = server.live(mei, project);
	await saved(live);
	addShot(
		live.doc,
		{ newId: () => shotId, origin: 'test' },
		{ sceneId: readBoard(live.doc).scenes[0]?.id ?? '', content: shotContent },
	);
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
		expect((await upload(Buffer.from('%PDF-1.7'))).json.code).toBe('not-a-take');
	});

	it('has a lineage: who added it and when it was, with no recipe', async () => {
		const { json } = await upload(await aPicture());
		const { json: lineage } = await call('get', `/takes/${json.id}/recipe`, rob);
		expect(lineage).toMatchObject({ by: { id: mei.id, name: 'Mei' }, request: null, origin: null, attempts: null });
	});
});

describe('a clip of one’s own', () => {
	const asked = { 'work.kind': 'take-clip', status: 'asked' } as const;
	const mp4 = Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomiso2 and what follows', 'latin1');
	/** Answers the next clip that is uploaded as a worker does. */
	async function answerAsWorker(answer: Parameters<ReturnType<typeof createAskStore>['end']>[2]): Promise<string> {
		const asks = createAskStore(server.mongo.db);
		const find = () => server.mongo.db.collection<AskRecord>('asks').findOne(asked);
		await expect.poll(find, { timeout: 10_000 }).not.toBeNull();
		const ask = await find();
		await asks.take(ask?._id ?? '', 'worker-0001', new Date());
		await asks.end(ask?._id ?? '', 'worker-0001', answer, new Date());
		return ask?.work.kind === 'take-clip' ? ask.work.sha256 : '';
	}

	it('goes to a worker as it came, and becomes a take with a first frame and a length', async () => {
		const uploaded = upload(mp4);
		const clip = { sha256: 'a'.repeat(64), thumbnailSha256: 'b'.repeat(64), mediaType: 'video/mp4', widthPx: 1280 };
		const text = JSON.stringify({ ...clip, sizeBytes: 900, heightPx: 720, durationMs: 2_400 });
		const sha256 = await answerAsWorker({ problem: null, text });
		expect(await readFile(join(server.dataDir, 'files', sha256.slice(0, 2), sha256))).toEqual(mp4);
		const { status, json } = await uploaded;
		expect(status).toBe(201);
		expect(json).toMatchObject({ kind: 'video', provider: 'upload', mediaType: 'video/mp4', durationMs: 2_400 });
		expect((await takesOf()).map(({ id }) => id)).toContain(json.id);
		expect(await server.mongo.db.collection('asks').countDocuments({})).toBe(0);
	});

	it('that a worker refuses is refused with its word, and is no take', async () => {
		const before = await takesOf();
		for (const code of ['clip-unreadable', 'take-too-large', 'time-limit']) {
			const uploaded = upload(mp4);
			await answerAsWorker({ problem: { code, detail: 'Why' } });
			expect((await uploaded).json.code).toBe(code);
		}
		expect(await takesOf()).toEqual(before);
	});

	it('is refused before it has come where it is too large, no clip by its first bytes, or empty', async () => {
		const said = (size: number, first: Uint8Array) =>
			new Promise<[number | undefined, string]>((resolve, reject) => {
				const path = `/api/v1/projects/${project}/shots/${shotId}/takes`;
				const headers = { Authorization: `Bearer ${mei.token}`, 'Content-Length': String(size) };
				const sent = request(server.url + path, { method: 'POST', headers }, (reply) => {
					let text = '';
					reply.on('data', (piece) => (text += String(piece)));
					reply.on('end', () => {
						sent.destroy();
						resolve([reply.statusCode, (JSON.parse(text) as { code: string }).code]);
					});
				});
				sent.on('error', reject);
				// No more than its first bytes ever come.
				sent.write(first);
			});
		expect(await said(limits.ownClipBytes + 1, mp4)).toEqual([413, 'take-too-large']);
		expect(await said(limits.pictureBytes + 1, await aPicture())).toEqual([413, 'take-too-large']);
		for (const words of ['#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n', '<svg xmlns="http://www.w3.org/2000/svg">'])
			expect(await said(1 << 20, Buffer.from(words))).toEqual([422, 'not-a-take']);
		expect((await upload(new Uint8Array())).json.code).toBe('invalid-input');
		// One that does not say how large it is is counted as it comes.
		const piece = new Uint8Array(1 << 20);
		let sent = 0;
		const body = new ReadableStream<Uint8Array>({
			async pull(controller) {
				controller.enqueue(sent++ === 0 ? new Uint8Array(await aPicture()) : piece);
				if (sent > 40) controller.close();
			},
		});
		const response = await fetch(`${server.url}/api/v1/projects/${project}/shots/${shotId}/takes`, {
			method: 'POST',
			headers: { Authorization: `Bearer ${mei.token}` },
			body,
			duplex: 'half',
		} as RequestInit);
		expect(response.status).toBe(413);
	});

	it('is left by the worker when whoever sent it no longer waits', async () => {
		const leaving = new AbortController();
		const left = fetch(`${server.url}/api/v1/projects/${project}/shots/${shotId}/takes`, {
			method: 'POST',
			headers: { Authorization: `Bearer ${mei.token}` },
			body: mp4,
			signal: leaving.signal,
		});
		const waiting = () => server.mongo.db.collection('asks').countDocuments(asked);
		await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
		leaving.abort();
		await expect(left).rejects.toThrow();
		await expect.poll(waiting, { timeout: 10_000 }).toBe(0);
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

describe('the picture of an approved shot', () => {
	const approve = (status: string) => call('put', `/projects/${project}/reviews/${shotId}`, mei, { status });
	const codeOf = async (asked: Promise<{ status: number; json: unknown }>) => {
		const { status, json } = await asked;
		return [status, (json as { code?: string } | undefined)?.code];
	};

	it.each(['takes', 'results'])(
		'is discarded by /%s only once that is confirmed; any other take of it freely',
		async (room) => {
			const [other, shown] = [(await upload(await aPicture())).json, (await upload(await aPicture(320))).json];
			await approve('approved');
			expect(await codeOf(call('delete', `/${room}/${shown.id}`))).toEqual([409, 'shot-approved']);
			expect(await codeOf(call('delete', `/${room}/${shown.id}?confirmApproved=false`))).toEqual([
				409,
				'shot-approved',
			]);
			expect((await takesOf()).map(({ id }) => id)).toContain(shown.id);
			expect(await codeOf(call('delete', `/${room}/${shown.id}`, rob))).toEqual([403, 'not-allowed']);
			expect((await call('delete', `/${room}/${other.id}`)).status).toBe(204);
			expect((await call('delete', `/${room}/${shown.id}?confirmApproved=true`)).status).toBe(204);
			await approve('in-review');
		},
	);

	it('comes back to it only once that is confirmed; where another one is selected, freely', async () => {
		const [selected, newest] = [(await upload(await aPicture())).json, (await upload(await aPicture(324))).json];
		await call('delete', `/takes/${newest.id}`);
		await approve('approved');
		const restore = (query = '') => call('post', `/takes/${newest.id}/restore${query}`);
		expect(await codeOf(restore())).toEqual([409, 'shot-approved']);
		expect((await restore('?confirmApproved=true')).status).toBe(200);
		const live = server.live(mei, project);
		await saved(live);
		editShot(live.doc, { origin: 'test' }, shotId, { selectedTakeId: selected.id });
		await saved(live);
		expect((await call('delete', `/takes/${newest.id}`)).status).toBe(204);
		expect((await restore()).status).toBe(200);
		expect(await codeOf(call('delete', `/takes/${selected.id}`))).toEqual([409, 'shot-approved']);
		await approve('in-review');
		expect((await call('delete', `/takes/${selected.id}`)).status).toBe(204);
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
