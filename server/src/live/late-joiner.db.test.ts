import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { socketPath, type ProjectState } from '@reelroom/shared/live/events.ts';
import { createPreviewStore } from '@reelroom/shared/node/stores/preview-store.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

let server: TestServer;
const sockets: Socket[] = [];
beforeAll(async () => void (server = await aServer({ openStudio })));
afterAll(async () => {
	for (const socket of sockets) socket.close();
	await server?.close();
});

async function connect(token: string): Promise<Socket> {
	const socket = io(server.url, { path: socketPath, transports: ['websocket'], auth: { token }, reconnection: false });
	sockets.push(socket);
	await once(socket as never, 'connect');
	return socket;
}

describe('who joins late', () => {
	it('is told what runs, how far it is, and its forming frame', async () => {
		const owner = await server.person();
		const { id } = (await server.call('post', '/projects', { token: owner.token, body: { name: 'Late' } }))
			.json as unknown as { id: string };
		const at = new Date();
		await server.mongo.db.collection('tasks').insertOne({
			_id: 'late-task-0001' as never,
			projectId: id,
			kind: 'image',
			shotId: 'shot-0001',
			label: '1A',
			provider: 'sketch',
			style: 'anime',
			status: 'running',
			claim: 1,
			attempt: 1,
			workerId: 'worker-1',
			leaseUntil: new Date(at.getTime() + 60_000),
			progress: { value: 3, max: 5, stage: 'figures', etaSeconds: 1 },
			problem: null,
			takeId: null,
			filmId: null,
			work: { kind: 'image' },
			createdBy: owner.id,
			createdByName: 'Somebody',
			createdAt: at,
			queuedAt: at,
			startedAt: at,
			finishedAt: null,
			revision: 4,
		});
		const bytes = new TextEncoder().encode('a frame as far as it is');
		await createPreviewStore(server.mongo.db).put({
			_id: 'late-task-0001',
			projectId: id,
			shotId: 'shot-0001',
			stage: 'figures',
			bytes,
			at,
		});

		const socket = await connect(owner.token);
		const previewed = once(socket as never, 'task.previewed') as Promise<
			[{ taskId: string; stage: string; bytes: Uint8Array }]
		>;
		const { state } = (await socket.emitWithAck('project.join', { projectId: id })) as { state: ProjectState };
		expect(state.tasks.map(({ id: task, status, progress }) => [task, status, progress?.value])).toEqual([
			['late-task-0001', 'running', 3],
		]);
		const [preview] = await previewed;
		expect([preview.taskId, preview.stage, new TextDecoder().decode(preview.bytes)]).toEqual([
			'late-task-0001',
			'figures',
			'a frame as far as it is',
		]);
	});

	it('is told nothing of a project that is not theirs', async () => {
		const [owner, stranger] = [await server.person(), await server.person()];
		const { id } = (await server.call('post', '/projects', { token: owner.token, body: { name: 'Closed' } }))
			.json as unknown as { id: string };
		const answer = (await (await connect(stranger.token)).emitWithAck('project.join', { projectId: id })) as {
			ok: boolean;
			problem: { code: string };
		};
		expect([answer.ok, answer.problem.code]).toEqual([false, 'not-found']);
	});
});
