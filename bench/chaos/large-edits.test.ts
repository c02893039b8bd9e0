import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { expect, test } from 'vitest';
import { signUp } from '../../cli/src/call.ts';
import { projectApi } from '../../shared/src/project/api.ts';
import { scriptOf } from '../../shared/src/project/document.ts';
import { scriptApi } from '../../shared/src/script/api.ts';
import { LiveDocument } from '../../web/src/lib/live-document.ts';
import { openHouse } from './house.ts';
import { createRandom } from './random.ts';

const rounds = 10;
const pieces = 25_000;

/** Resolves when the client shows Saved. */
const saved = (live: LiveDocument): Promise<void> =>
	new Promise((resolve) => {
		const off = live.onChange(() => look());
		const look = (): void => {
			if (live.saveState !== 'saved') return;
			off();
			resolve();
		};
		look();
	});

test('servers are killed while somebody sends edits of hundreds of kilobytes and another one types: all that was shown as saved is there, once', async () => {
	const dataDir = await mkdtemp(join(tmpdir(), 'reelroom-large-'));
	const house = await openHouse(dataDir, { servers: 2 });
	const random = createRandom(20261128, 0);
	const open: LiveDocument[] = [];
	try {
		const account = {
			email: 'ada@example.org',
			password: 'a long enough secret',
			name: 'Ada',
			language: 'en' as const,
		};
		const caller = await signUp(house.url, account, new AbortController().signal);
		const { id } = await caller.call(projectApi.create, { body: { name: 'Large edits' } });
		const client = (): LiveDocument => {
			const live = new LiveDocument({
				url: `${house.url.replace('http', 'ws')}/sync`,
				projectId: id,
				user: { id: 'ada', name: 'Ada' },
				getTicket: async () => (await caller.call(projectApi.ticket, { params: { id } })).ticket,
				WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
			});
			open.push(live);
			return live;
		};
		const [ada, yu] = [client(), client()];
		await Promise.all([saved(ada), saved(yu)]);
		const expected = new Map<string, number>();
		for (let round = 0; round < rounds; round++) {
			// Each letter of it is a piece of its own, and it replaces the one before.
			const letter = String.fromCharCode(0x4e00 + round);
			const script = scriptOf(ada.doc);
			ada.doc.transact(() => {
				const before = script.toString().indexOf(String.fromCharCode(0x4e00 + round - 1));
				for (let count = 0; count < pieces; count++) script.insert(Math.max(0, before), letter);
				if (before >= 0) script.delete(before + pieces, pieces);
			});
			const killed = wait(random.below(600)).then(() => house.killServer(random.below(2)));
			for (let count = 0; count < 20; count++) {
				scriptOf(yu.doc).insert(0, 'y');
				await wait(random.below(40));
			}
			await killed;
			await Promise.all([saved(ada), saved(yu)]);
			expected.clear();
			expected.set(letter, pieces).set('y', (round + 1) * 20);
			const text = await (await caller.file(scriptApi.export, { id })).text();
			const counted = new Map([...expected].map(([each]) => [each, text.split(each).length - 1]));
			expect(counted).toEqual(expected);
			expect(text.replaceAll('\n', '').length).toBe(pieces + (round + 1) * 20);
		}
		expect(house.complaints).toEqual([]);
	} finally {
		for (const live of open) await live.destroy();
		await house.close();
		await rm(dataDir, { recursive: true, force: true });
	}
});
