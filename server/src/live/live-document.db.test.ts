import { beforeAll, expect, test } from 'vitest';
import type { JournalStore } from '@reelroom/shared/node/stores/journal-store.ts';
import { readBoard, scriptOf } from '@reelroom/shared/project/document.ts';
import type { LiveDocument } from '../../../web/src/lib/live-document.ts';
import { aSyncHouse, saved, when, type SyncHouse } from './testing.ts';

let house: SyncHouse;
beforeAll(async () => void (house = await aSyncHouse()));

test('two people typing English and Chinese at once end with the same text', async () => {
	const { port, documents } = await house.server();
	const [ada, yu] = [house.client(port, 'converge-1', 'ada-00001'), house.client(port, 'converge-1', 'yu-000001')];
	await Promise.all([saved(ada), saved(yu)]);
	for (const letter of 'INT. ROOM - DAY\n\n') scriptOf(ada.doc).insert(scriptOf(ada.doc).length, letter);
	for (const letter of '愚公移山，叩石垦壤。') scriptOf(yu.doc).insert(scriptOf(yu.doc).length, letter);
	await Promise.all([saved(ada), saved(yu)]);
	const text = await documents.read('converge-1', (doc) => scriptOf(doc).toString());
	await Promise.all([ada, yu].map((client) => when(client, () => scriptOf(client.doc).toString() === text)));
	expect(text).toContain('愚公移山，叩石垦壤。');
	await when(yu, () => readBoard(yu.doc).scenes.length > 0);
});

test('what was shown as saved is there after the server was killed', async () => {
	const first = await house.server();
	const ada = house.client(first.port, 'killed-01', 'ada-00001');
	await saved(ada);
	for (let round = 0; round < 10; round++) {
		scriptOf(ada.doc).insert(0, `${round}行\n`);
		if (round % 3 === 2) scriptOf(ada.doc).delete(0, 1);
		expect(ada.saveState).toBe('saving');
		await saved(ada);
		expect(await house.journalled('killed-01')).toBe(scriptOf(ada.doc).toString());
	}
	// The first server is simply never asked again.
	const second = await house.server();
	expect(await second.documents.read('killed-01', (doc) => scriptOf(doc).toString())).toBe(
		scriptOf(ada.doc).toString(),
	);
});

test('a deletion is shown as saved only when it is in the journal', async () => {
	let release = () => {};
	let held: Promise<void> | null = null;
	const slow: JournalStore = {
		...house.journal,
		append: async (row) => {
			await held;
			return house.journal.append(row);
		},
	};
	const { port } = await house.server({ journal: slow });
	const ada = house.client(port, 'durable-1', 'ada-00001');
	scriptOf(ada.doc).insert(0, 'abc');
	await saved(ada);
	held = new Promise((resolve) => (release = resolve));
	scriptOf(ada.doc).delete(0, 1);
	const yu = house.client(port, 'durable-1', 'yu-000001');
	await when(yu, () => scriptOf(yu.doc).toString() === 'bc');
	expect([ada.saveState, ada.pendingChanges, await house.journalled('durable-1')]).toEqual(['saving', 1, 'abc']);
	release();
	await saved(ada);
	expect(await house.journalled('durable-1')).toBe('bc');
});

test('when the reply to a write is lost, the edit is in the journal once', async () => {
	let lose = false;
	const rowsOf = async () => (await house.journal.rows('lost-0001')).length;
	const losing: JournalStore = {
		...house.journal,
		append: async (row) => {
			const appended = await house.journal.append(row);
			if (!lose) return appended;
			lose = false;
			throw new Error('The reply was lost');
		},
	};
	const { documents } = await house.server({ journal: losing });
	lose = true;
	await documents.edit('lost-0001', 'ada-00001', (doc) => scriptOf(doc).insert(0, 'once'));
	expect([lose, await house.journalled('lost-0001'), await rowsOf()]).toEqual([false, 'once', 1]);
});

test('while the journal cannot be written nobody is told Saved, and what was typed is sent again', async () => {
	let failures = 0;
	const failing: JournalStore = {
		...house.journal,
		append: (row) => (failures-- > 0 ? Promise.reject(new Error('No primary')) : house.journal.append(row)),
	};
	const { port, documents } = await house.server({ journal: failing });
	const ada = house.client(port, 'failing-1', 'ada-00001');
	await saved(ada);
	// One write with all its attempts fails for good.
	failures = 3;
	const states: string[] = [];
	ada.onChange(() => states.push(ada.saveState));
	const refused = expect(
		documents.edit('failing-1', 'yu-000001', (doc) => scriptOf(doc).insert(0, 'yu')),
	).rejects.toMatchObject({ code: 'unavailable' });
	scriptOf(ada.doc).insert(0, 'ada');
	await refused;
	await when(ada, () => ada.saveState === 'offline');
	expect(states).not.toContain('saved');
	await saved(ada);
	expect(await house.journalled('failing-1')).toContain('ada');
});

test("an edit of the server is durable when it resolves, and two servers see each other's edits", async () => {
	const [one, two] = [await house.server(), await house.server()];
	const yu = house.client(two.port, 'servers-1', 'yu-000001');
	await saved(yu);
	await one.documents.edit('servers-1', 'ada-00001', (doc) => scriptOf(doc).insert(0, 'one '));
	expect(await house.journalled('servers-1')).toBe('one ');
	await when(yu, () => scriptOf(yu.doc).toString() === 'one ');
	scriptOf(yu.doc).insert(4, 'two');
	await saved(yu);
	await one.documents.edit('servers-1', 'ada-00001', (doc) => scriptOf(doc).insert(0, '>'));
	await when(yu, () => scriptOf(yu.doc).toString() === '>one two');
});

test('a reader sees everything, and their edits are refused', async () => {
	const { port, roles, documents } = await house.server();
	roles.set('viewer-01', 'viewer');
	await documents.edit('reader-01', 'ada-00001', (doc) => scriptOf(doc).insert(0, 'words'));
	const viewer = house.client(port, 'reader-01', 'viewer-01');
	await when(viewer, () => scriptOf(viewer.doc).toString() === 'words');
	await saved(viewer);
	scriptOf(viewer.doc).insert(0, 'not ');
	await when(viewer, () => !viewer.canEdit);
	expect(viewer.saveState).not.toBe('saved');
	expect(await documents.read('reader-01', (doc) => scriptOf(doc).toString())).toBe('words');
});

test('a document that is full refuses edits, loses nothing, and takes them again when something was deleted', async () => {
	const { documents, port } = await house.server();
	const client = house.client(port, 'full-0001', 'ada-00001');
	await saved(client);
	const block = 'x'.repeat(1_000_000);
	for (let count = 0; count < 8; count++)
		await documents.edit('full-0001', 'yu-000001', (doc) => scriptOf(doc).insert(0, block));
	await when(client, () => scriptOf(client.doc).length === 8_000_000);
	scriptOf(client.doc).insert(0, 'y'.repeat(500_000));
	await when(client, () => !client.canEdit);
	expect(client.refusal).toMatchObject({ code: 'too-large' });
	expect(client.saveState).toBe('refused');
	expect(await house.journalled('full-0001')).toHaveLength(8_000_000);
	const other = house.client(port, 'full-0001', 'yu-000001');
	await saved(other);
	scriptOf(other.doc).delete(0, 4_000_000);
	await saved(other);
	await documents.edit('full-0001', 'yu-000001', (doc) => scriptOf(doc).insert(0, block));
	// Room is found by folding the rows, which tells the next edit.
	await documents.edit('full-0001', 'yu-000001', (doc) => scriptOf(doc).insert(0, block));
	expect(await house.journalled('full-0001')).toHaveLength(6_000_000);
});

test('a document asked for by many at once is loaded once', async () => {
	let reads = 0;
	const counting: JournalStore = { ...house.journal, rows: (projectId) => (reads++, house.journal.rows(projectId)) };
	const { documents } = await house.server({ journal: counting });
	await Promise.all(Array.from({ length: 20 }, () => documents.read('loaded-01', () => null)));
	expect(reads).toBe(1);
});

test('compaction keeps every edit and removes the rows', async () => {
	const first = await house.server();
	for (let count = 0; count < 20; count++)
		await first.documents.edit('compact-1', 'ada-00001', (doc) => scriptOf(doc).insert(0, `${count} `));
	const text = await first.documents.read('compact-1', (doc) => scriptOf(doc).toString());
	await first.documents.close();
	expect(await house.journal.rows('compact-1')).toEqual([]);
	const second = await house.server();
	expect(await second.documents.read('compact-1', (doc) => scriptOf(doc).toString())).toBe(text);
});

test('a deleted project closes its connections for good', async () => {
	const { port, documents } = await house.server();
	const ada = house.client(port, 'removed-1', 'ada-00001');
	await saved(ada);
	await documents.remove('removed-1');
	await when(ada, () => ada.closedFor === 4404);
	expect(await house.journal.rows('removed-1')).toEqual([]);
});

test('what is on its way to the journal on another server while a project is deleted does not stay behind', async () => {
	const [asked, release, written] = [1, 2, 3].map(() => Promise.withResolvers<void>()) as [
		PromiseWithResolvers<void>,
		PromiseWithResolvers<void>,
		PromiseWithResolvers<void>,
	];
	let isSlow = false;
	const slow: JournalStore = {
		...house.journal,
		async append(row) {
			if (!isSlow) return house.journal.append(row);
			asked.resolve();
			await release.promise;
			return house.journal.append(row).finally(written.resolve);
		},
	};
	const [first, second] = [await house.server(), await house.server({ journal: slow })];
	const yu = house.client(second.port, 'removed-2', 'yu-000001');
	await saved(yu);
	isSlow = true;
	scriptOf(yu.doc).insert(0, 'types on');
	await asked.promise;
	await first.documents.remove('removed-2');
	const forgotten = second.documents.forget('removed-2');
	await when(yu, () => yu.closedFor === 4404);
	release.resolve();
	await Promise.all([written.promise, forgotten]);
	expect(await house.journal.rows('removed-2')).toEqual([]);
	await expect(second.documents.open('removed-2')).rejects.toMatchObject({ code: 'not-found' });
});

test('who edited without a network and may only read on coming back is told that it is not saved; once they may edit again it is', async () => {
	const { port, documents, roles } = await house.server();
	const wire = await house.proxy(port);
	const [ada, yu] = [house.client(port, 'lowered-1', 'ada-00001'), house.client(wire.port, 'lowered-1', 'yu-000001')];
	await Promise.all([saved(ada), saved(yu)]);
	wire.to(null);
	wire.cut();
	await when(yu, () => yu.saveState === 'offline');
	scriptOf(yu.doc).insert(0, 'on the train');
	roles.set('yu-000001', 'viewer');
	wire.to(port);
	await when(yu, () => yu.saveState === 'refused');
	expect([yu.refusal?.code, yu.pendingChanges, await house.journalled('lowered-1')]).toEqual(['not-allowed', 1, '']);
	roles.set('yu-000001', 'editor');
	documents.revoke('yu-000001', ['lowered-1']);
	await saved(yu);
	expect([yu.canEdit, await house.journalled('lowered-1')]).toEqual([true, 'on the train']);
	await when(ada, () => scriptOf(ada.doc).toString() === 'on the train');
});

test('who only deleted without a network and may only read on coming back is told that it is not saved, too', async () => {
	const { port, documents, roles } = await house.server();
	const wire = await house.proxy(port);
	await documents.edit('lowered-2', 'ada-00001', (doc) => scriptOf(doc).insert(0, 'on the train'));
	const yu = house.client(wire.port, 'lowered-2', 'yu-000001');
	await saved(yu);
	wire.to(null);
	wire.cut();
	await when(yu, () => yu.saveState === 'offline');
	scriptOf(yu.doc).delete(0, 3);
	roles.set('yu-000001', 'viewer');
	wire.to(port);
	await when(yu, () => yu.saveState === 'refused' || yu.saveState === 'saved');
	expect([yu.saveState, await house.journalled('lowered-2')]).toEqual(['refused', 'on the train']);
	// Who has nothing of their own is refused nothing.
	const reader = house.client(port, 'lowered-2', 'yu-000001');
	await saved(reader);
	expect(reader.refusal).toBeNull();
});

test('somebody whose role has ended is cut off for good, one whose role changed comes back with it', async () => {
	const { port, documents, roles } = await house.server();
	const [ada, yu] = [house.client(port, 'revoked-1', 'ada-00001'), house.client(port, 'revoked-1', 'yu-000001')];
	await Promise.all([saved(ada), saved(yu)]);
	roles.set('ada-00001', null);
	roles.set('yu-000001', 'viewer');
	documents.revoke('ada-00001', ['revoked-1']);
	documents.revoke('yu-000001', ['revoked-1']);
	await when(ada, () => ada.closedFor === 4403);
	await when(yu, () => yu.saveState !== 'saved');
	await saved(yu);
	scriptOf(yu.doc).insert(0, 'no');
	await when(yu, () => !yu.canEdit);
	const back = house.client(port, 'revoked-1', 'ada-00001');
	await when(back, () => back.closedFor === 4404);
});

test("others see who is there under their account's name, whatever they claim, and see them come back", async () => {
	const { port } = await house.server();
	const ada = house.client(port, 'presence1', 'ada-00001');
	await saved(ada);
	ada.awareness.setLocalStateField('user', { id: 'yu-000001', name: 'Yu', colour: 'red' });
	const seen = (client: LiveDocument) => client.awareness.getStates().get(ada.doc.clientID);
	const yu = house.client(port, 'presence1', 'yu-000001');
	const sees = (holds: () => boolean) =>
		new Promise<void>((resolve) => {
			const look = () => holds() && resolve();
			yu.awareness.on('change', look);
			look();
		});
	await sees(() => seen(yu)?.['user']?.colour === 'red');
	expect(seen(yu)).toEqual({ user: { id: 'ada-00001', name: 'ada-00001', colour: 'red' } });
	const gone = sees(() => seen(yu) === undefined);
	await ada.destroy();
	await gone;
});
