import { beforeAll, expect, test } from 'vitest';
import { createVersionStore } from '@reelroom/shared/node/stores/version-store.ts';
import { readBoard, replaceScript, scriptOf } from '@reelroom/shared/project/document.ts';
import type { Actor } from '../http/on.ts';
import { aSyncHouse, saved, textOf, when, type SyncHouse } from '../live/testing.ts';
import { createVersions } from './versions.ts';

let house: SyncHouse;
beforeAll(async () => void (house = await aSyncHouse()));

const mei = { id: 'mei-000001', name: 'Mei', signInId: 'sign-in-01' };
const actor: Actor = {
	account: mei,
	signedIn: () => mei,
	must: async () => 'editor',
	mustIn: async () => 'editor',
	mustAdminister: async () => {},
};

const script = 'INT. ROOM - DAY\n\nAn old man waits.\n\n外景 山路 夜\n\n愚公挖山。\n';
const later = 'INT. ROOM - DAY\n\nAn old man waits for the rain.\n\nINT. CELLAR - NIGHT\n\nNobody is there.\n';

test('what somebody writes without a network while a version is restored is there when they come back, once, beside what was restored', async () => {
	const server = await house.server();
	const wire = await house.proxy(server.port);
	const store = createVersionStore(house.db);
	await store.ready();
	const versions = createVersions({
		store,
		freeze: server.documents.freeze,
		edit: server.documents.edit,
		isProject: async () => true,
		namesOf: async () => new Map(),
		onNamed: () => {},
		onRestored: () => {},
		now: () => new Date(),
		newId: house.newId,
	});
	const write = (text: string) => server.documents.edit('restored', mei.id, (doc) => replaceScript(doc, mei.id, text));
	await write(script);
	const first = await versions.name(actor, 'restored', 'First');
	await write(later);
	const [ada, yu] = [
		house.client(wire.port, 'restored', 'ada-00001'),
		house.client(server.port, 'restored', 'yu-000001'),
	];
	await Promise.all([saved(ada), saved(yu)]);

	wire.to(null);
	wire.cut();
	await when(ada, () => ada.saveState === 'offline');
	const at = (words: string): number => textOf(ada).indexOf(words);
	// In what stays, in what the restore takes away, and a word that it takes away too.
	scriptOf(ada.doc).insert(at('waits'), 'still ');
	scriptOf(ada.doc).insert(at('is there'), 'but Ada ');
	scriptOf(ada.doc).delete(at('Nobody'), 'Nobody '.length);
	await versions.restore(actor, first.id, {});
	await when(yu, () => textOf(yu) === script);

	wire.to(server.port);
	await Promise.all([saved(ada), when(yu, () => textOf(yu) === textOf(ada))]);
	const text = textOf(ada);
	expect(text.split('still ').length).toBe(2);
	expect(text.split('but Ada ').length).toBe(2);
	expect(text.replace('still ', '').replace('but Ada ', '')).toBe(script);
	expect(await server.documents.read('restored', (doc) => readBoard(doc).scenes.map(({ heading }) => heading))).toEqual(
		['INT. ROOM - DAY', '外景 山路 夜'],
	);
	expect(await house.journalled('restored')).toBe(text);
});
