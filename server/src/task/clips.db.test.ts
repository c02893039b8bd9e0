import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFiles } from '@reelroom/shared/node/files.ts';
import { createTakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { createTaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

type Task = { id: string; shotId: string; kind: string; label: string };
type Reply = { tasks: Task[]; code: string; detail?: string; errors?: { pointer: string }[] };

let server: TestServer;
let token: string;
let project: string;
let shots: string[];
let count = 0;
beforeAll(async () => {
	server = await aServer({ openStudio, settings: { COMFYUI_URLS: 'http://127.0.0.1:9', DEFAULT_PLAN: 'studio' } });
	token = (await server.person()).token;
});
afterAll(() => server?.close());
beforeEach(async () => {
	({ project, shots } = await aBoard());
});

/** A project of three shots, each a speech. */
async function aBoard() {
	const script = `INT. CABIN - NIGHT\n\n${'ANNA\nI have a great deal to tell you about all of this, so sit down.\n\n'.repeat(3)}`;
	const { id } = (await server.call('post', '/projects', { token, body: { name: 'Clips', script } })).json;
	await server.call('post', `/projects/${id}/break-down/accept`, { token, body: {} });
	// The board's order is that of the tasks which draw all of it; those are cancelled again.
	const { tasks } = await ask({}, id);
	await server.call('post', '/tasks/batch', { token, body: { action: 'cancel', ids: tasks.map(({ id }) => id) } });
	return { project: id, shots: tasks.map(({ shotId }) => shotId) };
}
async function ask(body: object, projectId = project): Promise<Reply & { status: number }> {
	const reply = await server.call('post', `/projects/${projectId}/generate`, { token, body });
	return { ...(reply.json as unknown as Reply), status: reply.status };
}
const requestOf = async (task: Task | undefined): Promise<GenerationRequest> => {
	const record = await createTaskStore(server.mongo.db).find(task?.id ?? '');
	if (record === null || record.work.kind === 'render') throw new Error('no such task');
	expect(record.kind).toBe(record.work.kind);
	return record.work.request;
};
/** A take of a shot with a file of its own, as a worker would store it. */
async function aTake(shotId: string | undefined, kind: 'image' | 'video' = 'image', projectId = project) {
	const bytes =
		kind === 'video'
			? new TextEncoder().encode(`a clip ${++count} ${'.'.repeat(2000)}`)
			: await sharp({ create: { width: 320 + ++count, height: 180, channels: 3, background: '#446' } })
					.webp()
					.toBuffer();
	const { sha256, sizeBytes } = await createFiles(join(server.dataDir, 'files')).put(new Uint8Array(bytes));
	const { _id } = await createTakeStore(server.mongo.db).add({
		_id: `take-${String(count).padStart(8, '0')}`,
		projectId,
		shotId: shotId ?? '',
		taskId: `task-${String(count).padStart(8, '0')}`,
		kind,
		provider: 'sketch',
		style: 'anime',
		seed: 1,
		fingerprint: 'f',
		sha256,
		thumbnailSha256: sha256,
		mediaType: kind === 'video' ? 'video/mp4' : 'image/webp',
		widthPx: 320,
		heightPx: 180,
		sizeBytes,
		createdBy: 'somebody',
		createdAt: new Date(),
	});
	return { id: _id, sha256, sizeBytes };
}

describe('a clip of a shot', () => {
	it('is made of the shot’s picture in use, as long as the shot at the project’s rate, and counts as a video', async () => {
		await aTake(shots[0]);
		const newest = await aTake(shots[0]);
		await aTake(shots[0], 'video');
		const { status, tasks } = await ask({ kind: 'image-to-video', shotIds: [shots[0]] });
		expect([status, tasks[0]?.kind]).toEqual([202, 'video']);
		const request = await requestOf(tasks[0]);
		expect(request).toMatchObject({ kind: 'image-to-video', fps: 24, durationFrames: request.shot.durationFrames });
		expect(request.references).toEqual([{ role: 'reference', sha256: newest.sha256 }]);
		const slow = await ask({ kind: 'image-to-video', shotIds: [shots[0]], fps: 12 });
		expect((await requestOf(slow.tasks[0])).durationFrames).toBe(request.shot.durationFrames / 2);
		const quota = await server.call('get', '/quota', { token });
		expect(quota.json as unknown).toMatchObject({ videos: { limit: null } });
	});

	it('goes to the next shot’s picture, or to the one that is named', async () => {
		const [first, second, third] = [await aTake(shots[0]), await aTake(shots[1]), await aTake(shots[2])];
		const body = { kind: 'first-last-frame-to-video', shotIds: [shots[0]] };
		const next = await requestOf((await ask(body)).tasks[0]);
		expect(next.references).toEqual([
			{ role: 'reference', sha256: first.sha256 },
			{ role: 'last', sha256: second.sha256 },
		]);
		const named = await requestOf((await ask({ ...body, references: [{ role: 'last', takeId: third.id }] })).tasks[0]);
		expect(named.references?.find(({ role }) => role === 'last')?.sha256).toBe(third.sha256);
		const end = await ask({ ...body, shotIds: [shots[2]] });
		expect([end.status, end.code]).toEqual([409, 'reference-missing']);
	});

	it('is refused in words where there is no picture, where a clip is named as one, or a take of another project', async () => {
		const missing = await ask({ kind: 'image-to-video', shotIds: shots.slice(0, 2) });
		expect([missing.status, missing.code, missing.detail]).toEqual([
			409,
			'reference-missing',
			'Of these shots: 1A, 1B',
		]);
		const clip = await aTake(shots[0], 'video');
		const named = await ask({
			kind: 'image-to-video',
			shotIds: [shots[0]],
			references: [{ role: 'reference', takeId: clip.id }],
		});
		expect([named.status, named.errors?.[0]?.pointer]).toEqual([400, '#/references/0/takeId']);
		const elsewhere = await aTake('shot-elsewhere', 'image', (await aBoard()).project);
		const foreign = await ask({
			kind: 'image-to-video',
			shotIds: [shots[0]],
			references: [{ role: 'reference', takeId: elsewhere.id }],
		});
		expect([foreign.status, foreign.code]).toEqual([404, 'not-found']);
	});

	it('is made for every shot of the board that has a picture and no clip', async () => {
		await aTake(shots[0]);
		await aTake(shots[1]);
		await aTake(shots[1], 'video');
		const { tasks } = await ask({ kind: 'image-to-video' });
		expect(tasks.map(({ shotId }) => shotId)).toEqual([shots[0]]);
		expect(await ask({ kind: 'image-to-video' })).toMatchObject({ code: 'nothing-to-generate' });
		expect((await ask({ kind: 'text-to-video' })).tasks.map(({ shotId }) => shotId)).toEqual([shots[2]]);
	});
});

describe('a picture of a picture', () => {
	it('carries how far it may go, and its variations follow each other', async () => {
		const take = await aTake(shots[0]);
		const { tasks } = await ask({
			kind: 'image-to-image',
			provider: 'comfyui',
			shotIds: [shots[0]],
			strength: 0.4,
			negativePrompt: 'people',
			steps: 12,
			guidance: 5,
			seed: 7,
			count: 3,
		});
		const requests = await Promise.all(tasks.map(requestOf));
		expect(requests.map(({ seed }) => seed)).toEqual([7, 8, 9]);
		expect(requests[0]).toMatchObject({
			kind: 'image-to-image',
			workflow: 'sdxl-image-to-image',
			strength: 0.4,
			negativePrompt: expect.stringMatching(/^people, /) as string,
			steps: 12,
			guidance: 5,
			references: [{ role: 'reference', sha256: take.sha256 }],
		});
	});

	it('is twice as large when it is made larger, and is made for named shots alone', async () => {
		await aTake(shots[0]);
		const { tasks } = await ask({ kind: 'upscale', provider: 'comfyui', shotIds: [shots[0]] });
		expect(await requestOf(tasks[0])).toMatchObject({ widthPx: 640, heightPx: 360 });
		const whole = await ask({ kind: 'upscale', provider: 'comfyui' });
		expect([whole.status, whole.errors?.[0]?.pointer]).toEqual([400, '#/shotIds']);
	});

	it('is refused where nothing makes it', async () => {
		await aTake(shots[0]);
		const none = await ask({ kind: 'upscale', shotIds: [shots[0]] });
		expect([none.status, none.code]).toEqual([422, 'no-provider']);
		const wrong = await ask({
			kind: 'upscale',
			provider: 'comfyui',
			workflow: 'flux-text-to-image',
			shotIds: [shots[0]],
		});
		expect([wrong.status, wrong.errors?.[0]?.pointer]).toEqual([400, '#/workflow']);
	});
});

describe('the file of a clip', () => {
	it('is answered whole and by ranges, as what it is', async () => {
		const clip = await aTake(shots[0], 'video');
		const read = (headers: Record<string, string> = {}) =>
			server.call('get', `/takes/${clip.id}/file`, { token, headers });
		const whole = await read();
		expect([whole.status, whole.headers.get('content-type'), whole.headers.get('accept-ranges')]).toEqual([
			200,
			'video/mp4',
			'bytes',
		]);
		const part = await read({ Range: 'bytes=2-5' });
		expect([part.status, part.text, part.headers.get('content-range')]).toEqual([
			206,
			'clip',
			`bytes 2-5/${clip.sizeBytes}`,
		]);
		const stranger = await server.person();
		const refused = await server.call('get', `/takes/${clip.id}/file`, { token: stranger.token });
		expect(refused.status).toBe(404);
	});
});

describe('what there is to generate with', () => {
	it('says which kinds each model makes', async () => {
		const models = (await server.call('get', '/models', { token })).json as unknown as {
			id: string;
			kinds: string[];
			makes: string[];
		}[];
		expect(models.find(({ id }) => id === 'sketch')).toMatchObject({
			kinds: ['image', 'video'],
			makes: ['text-to-image', 'text-to-video', 'image-to-video', 'first-last-frame-to-video'],
		});
		const makers = (kind: string) => models.filter(({ makes }) => makes.includes(kind)).map(({ id }) => id);
		expect(makers('upscale')).toEqual(['upscale']);
		expect(makers('image-to-video')).toEqual(['sketch', 'ltx-image-to-video', 'wan22-image-to-video']);
	});

	it('makes a clip of words alone, which is found again under its address', async () => {
		const body = { prompt: 'A lighthouse', width: 320, height: 180, duration_seconds: 2, fps: 12 };
		const reply = await server.call('post', '/videos/generate', { token, body });
		const { taskId, kind } = reply.json as unknown as { taskId: string; kind: string };
		expect([reply.status, kind]).toEqual([202, 'video']);
		const task = await createTaskStore(server.mongo.db).find(taskId);
		expect(task?.work.request).toMatchObject({ kind: 'text-to-video', durationFrames: 24, fps: 12 });
		const history = await server.call('get', '/generation/history', { token });
		expect(history.text).toContain(taskId);
	});
});
