import { afterEach, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import { LiveDocument } from '../../../web/src/lib/live-document.ts';
import { aSyncHouse, saved, textOf } from './testing.ts';

const house = await aSyncHouse();
afterEach(() => vi.unstubAllGlobals());

it('a device whose database never answers keeps nobody from writing, and nothing is called kept there', async () => {
	vi.stubGlobal('indexedDB', { open: () => ({}) });
	const server = await house.server();
	const projectId = house.newId();
	const client = new LiveDocument({
		url: `ws://127.0.0.1:${server.port}/sync`,
		projectId,
		user: { id: 'mei', name: 'Mei' },
		getTicket: async () => `mei|${projectId}`,
		WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
		deviceMs: 20,
	});
	house.onClose(() => void client.destroy());
	scriptOf(client.doc).insert(0, 'written before anybody answered');
	await saved(client);
	expect(client.isKeptHere).toBe(false);
	expect(await house.journalled(projectId)).toBe(textOf(client));
});
