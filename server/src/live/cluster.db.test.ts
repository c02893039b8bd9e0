import { beforeAll, expect, test } from 'vitest';
import { createBus } from '@reelroom/shared/node/bus.ts';
import { createPresenceStore, type PresenceStore } from '@reelroom/shared/node/stores/presence-store.ts';
import { addShot, readBoard, scriptOf } from '@reelroom/shared/project/document.ts';
import { shotContent } from '@reelroom/shared/testing/shot-content.ts';
import { aSyncHouse, saved, textOf, when, type SyncHouse } from './testing.ts';

let house: SyncHouse;
beforeAll(async () => void (house = await aSyncHouse()));

/** A server whose presence crosses to the others. */
async function aServer() {
	const store = createPresenceStore(house.db);
	await store.ready();
	let isDead = false;
	const presences: PresenceStore = {
		...store,
		put: async (records) => (isDead ? undefined : store.put(records)),
		beat: async (serverId, at) => (isDead ? undefined : store.beat(serverId, at)),
	};
	const bus = await createBus({ db: house.db, log: house.log, topics: ['presences', 'beats'] });
	house.onClose(() => bus.close());
	return {
		...(await house.server({ crossing: { presences, bus } })),
		/** Says nothing any more to the others, as one that was killed. */
		die: () => void (isDead = true),
	};
}

const sees = (client: Parameters<typeof when>[0], other: Parameters<typeof when>[0]) =>
	client.awareness.getStates().has(other.doc.clientID);

test('people on two servers see where the others are, see them move, leave and come back on another server', async () => {
	const [one, two] = [await aServer(), await aServer()];
	const wire = await house.proxy(one.port);
	const ada = house.client(wire.port, 'cluster-1', 'ada-00001');
	const yu = house.client(two.port, 'cluster-1', 'yu-000001');
	await Promise.all([when(yu, () => sees(yu, ada)), when(ada, () => sees(ada, yu))]);
	ada.awareness.setLocalStateField('place', { view: 'board' });
	await when(yu, () => yu.awareness.getStates().get(ada.doc.clientID)?.['place']?.view === 'board');
	expect(yu.awareness.getStates().get(ada.doc.clientID)?.['user']).toEqual({ id: 'ada-00001', name: 'ada-00001' });
	wire.to(null);
	wire.cut();
	const gone = performance.now();
	await when(yu, () => !sees(yu, ada));
	expect(performance.now() - gone).toBeLessThan(2_000);
	wire.to(two.port);
	await when(yu, () => sees(yu, ada));
});

test('the clients of a server that dies vanish from the list of the others within five seconds', async () => {
	const [one, two] = [await aServer(), await aServer()];
	const ada = house.client(one.port, 'cluster-2', 'ada-00001');
	const yu = house.client(two.port, 'cluster-2', 'yu-000001');
	await when(yu, () => sees(yu, ada));
	const died = performance.now();
	one.die();
	await when(yu, () => !sees(yu, ada));
	expect(performance.now() - died).toBeLessThan(5_000);
	expect(sees(yu, yu)).toBe(true);
});

test('who opens a document finds those who are in it on another server already', async () => {
	const [one, two] = [await aServer(), await aServer()];
	const warm = house.client(one.port, 'cluster-3', 'warm-0001');
	const warmToo = house.client(two.port, 'cluster-3', 'warm-0002');
	await when(warm, () => sees(warm, warmToo));
	const ada = house.client(one.port, 'cluster-4', 'ada-00001');
	await saved(ada);
	await when(ada, () => ada.awareness.getLocalState() !== null);
	const yu = house.client(two.port, 'cluster-4', 'yu-000001');
	await when(yu, () => sees(yu, ada));
});

test('two servers that reconcile the same headings at the same time make each scene once', async () => {
	const [one, two] = [await house.server(), await house.server()];
	const text = Array.from({ length: 20 }, (_, number) => `INT. ROOM ${number} - DAY\n\nWords.\n\n`).join('');
	const ada = house.client(one.port, 'cluster-5', 'ada-00001');
	const yu = house.client(two.port, 'cluster-5', 'yu-000001');
	await Promise.all([saved(ada), saved(yu)]);
	scriptOf(ada.doc).insert(0, text);
	await when(yu, () => textOf(yu) === text);
	// Neither has heard of the other's scenes yet.
	await Promise.all([one, two].map(({ documents }) => documents.read('cluster-5', () => null)));
	await Promise.all([saved(ada), saved(yu)]);
	for (const server of [one, two])
		await server.documents.edit('cluster-5', 'ada-00001', (doc) => {
			const [scene] = readBoard(doc).scenes;
			addShot(doc, { newId: house.newId, origin: 'ada' }, { sceneId: scene?.id ?? '', content: shotContent });
		});
	const boards = () => [ada, yu].map(({ doc }) => readBoard(doc));
	await when(ada, () => boards()[0]?.scenes[0]?.shots.length === 2);
	await when(yu, () => boards()[1]?.scenes[0]?.shots.length === 2);
	for (const board of boards()) expect([board.scenes.length, board.omittedScenes.length]).toEqual([20, 0]);
});

test('two servers that fold the journal of one document at the same time lose nothing', async () => {
	const [one, two] = [await house.server(), await house.server()];
	for (let count = 0; count < 10; count++)
		await Promise.all(
			[one, two].map(({ documents }, who) =>
				documents.edit('cluster-6', 'ada-00001', (doc) => void scriptOf(doc).insert(0, `${who}:${count} `)),
			),
		);
	await Promise.all([one.documents.close(), two.documents.close()]);
	const text = await house.journalled('cluster-6');
	expect(text.trim().split(' ')).toHaveLength(20);
	expect(await house.journal.rows('cluster-6')).toEqual([]);
});
