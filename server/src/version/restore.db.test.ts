import * as Y from 'yjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLog } from '@reelroom/shared/node/log.ts';
import { createJournalStore } from '@reelroom/shared/node/stores/journal-store.ts';
import { createSnapshotStore } from '@reelroom/shared/node/stores/snapshot-store.ts';
import { createVersionStore } from '@reelroom/shared/node/stores/version-store.ts';
import { addShot, readBoard, replaceScript, scriptOf } from '@reelroom/shared/project/document.ts';
import { connectMongo, type Mongo } from '@reelroom/shared/node/mongo.ts';
import { aDatabase } from '@reelroom/shared/testing/mongod.ts';
import { openFrozen } from '@reelroom/shared/version/authors.ts';
import type { Actor } from '../http/on.ts';
import { createDocuments } from '../live/documents.ts';
import { createCheckpoints } from './checkpoints.ts';
import { createVersions, type VersionDeps } from './versions.ts';
import { shotContent as content } from '@reelroom/shared/testing/shot-content.ts';

const mei = 'mei-000001';
const actor: Actor = {
	account: { id: mei, name: 'Mei', signInId: 'sign-in-01' },
	signedIn: () => ({ id: mei, name: 'Mei', signInId: 'sign-in-01' }),
	must: async () => 'editor',
	mustIn: async () => 'editor',
	mustAdminister: async () => {},
};
const log = createLog('test', 'silent');
const newId = () => crypto.randomUUID();
const script = 'INT. ROOM - DAY\n\nAn old man waits.\n\n外景 山路 夜\n\n愚公挖山。\n';
let mongo: Mongo;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
	mongo = await connectMongo((await aDatabase()).uri);
	await createJournalStore(mongo.db).ensureIndexes();
	await createVersionStore(mongo.db).ready();
});
afterAll(async () => {
	for (const close of closers) await close();
	await mongo.close();
});

/** The rooms of one server over the common database. */
async function aServer(change: Partial<VersionDeps> = {}) {
	const documents = createDocuments({
		journal: createJournalStore(mongo.db),
		snapshots: createSnapshotStore(mongo.db),
		log,
		newId,
	});
	closers.push(documents.close);
	await documents.ready;
	const store = createVersionStore(mongo.db);
	const versions = createVersions({
		store,
		freeze: documents.freeze,
		edit: documents.edit,
		isProject: async () => true,
		namesOf: async () => new Map([[mei, 'Mei']]),
		onNamed: () => {},
		onRestored: () => {},
		now: () => new Date(),
		newId,
		...change,
	});
	const write = (projectId: string, text: string, by = mei) =>
		documents.edit(projectId, by, (doc) => replaceScript(doc, by, text));
	const textOf = (projectId: string) => documents.read(projectId, (doc) => scriptOf(doc).toString());
	const kindsOf = async (projectId: string) => (await store.list(projectId, { limit: 50 })).map(({ kind }) => kind);
	return { documents, store, versions, write, textOf, kindsOf };
}

it('a restore brings script, shots and their fields back, keeps what was there, and can be taken back without losing what came since', async () => {
	const { documents, versions, write, textOf, kindsOf } = await aServer();
	const projectId = newId();
	await write(projectId, script);
	await documents.edit(projectId, mei, (doc) => {
		const [scene] = readBoard(doc).scenes;
		addShot(doc, { newId, origin: mei }, { sceneId: scene?.id ?? '', content, range: { start: 17, end: 34 } });
	});
	const first = await versions.name(actor, projectId, 'First');
	await write(projectId, 'INT. OTHER - DAY\n\nSomething else.\n');
	const kept = await versions.restore(actor, first.id, {});
	expect(await textOf(projectId)).toBe(script);
	expect(await documents.read(projectId, (doc) => readBoard(doc).scenes[0]?.shots.length)).toBe(1);
	expect(await kindsOf(projectId)).toEqual(['restore', 'named']);
	await documents.edit(projectId, mei, (doc) => scriptOf(doc).insert(scriptOf(doc).length, '\nA note at the end.\n'));
	await versions.restore(actor, kept.id, { undoes: { versionId: first.id } });
	expect(await textOf(projectId)).toBe('INT. OTHER - DAY\n\nSomething else.\n\nA note at the end.\n');
});

it('a restore is not taken back over that of somebody else, whose words would be mixed with those before; once that one is taken back it can be', async () => {
	const { versions, write, textOf, kindsOf } = await aServer();
	const projectId = newId();
	await write(projectId, script);
	const first = await versions.name(actor, projectId, 'First');
	await write(projectId, 'INT. STUDIO - NIGHT\n\nTwo women argue about a film.\n');
	const second = await versions.name(actor, projectId, 'Second');
	const present = 'INT. OTHER - DAY\n\nSomething else.\n';
	await write(projectId, present);
	const byAda = await versions.restore(actor, first.id, {});
	const byYu = await versions.restore(actor, second.id, {});
	const undoOfAda = () => versions.restore(actor, byAda.id, { undoes: { versionId: first.id } });
	await expect(undoOfAda()).rejects.toMatchObject({ code: 'changed-meanwhile' });
	expect(await textOf(projectId)).toBe('INT. STUDIO - NIGHT\n\nTwo women argue about a film.\n');
	expect(await kindsOf(projectId)).toEqual(['restore', 'restore', 'named', 'named']);
	await versions.restore(actor, byYu.id, { undoes: { versionId: second.id } });
	expect(await textOf(projectId)).toBe(script);
	await undoOfAda();
	expect(await textOf(projectId)).toBe(present);
});

it('a restore that somebody else has reversed already is not taken back a second time', async () => {
	const { versions, write, textOf } = await aServer();
	const projectId = newId();
	await write(projectId, script);
	const first = await versions.name(actor, projectId, 'First');
	await write(projectId, `${script}\nINT. CELLAR - DAY\n\nThe end.\n`);
	const kept = await versions.restore(actor, first.id, {});
	await versions.restore(actor, kept.id, {});
	await expect(versions.restore(actor, kept.id, { undoes: { versionId: first.id } })).rejects.toMatchObject({
		code: 'changed-meanwhile',
	});
	expect(await textOf(projectId)).toBe(`${script}\nINT. CELLAR - DAY\n\nThe end.\n`);
});

it('one scene comes back and the rest stays as it is', async () => {
	const { documents, versions, write, textOf } = await aServer();
	const projectId = newId();
	await write(projectId, script);
	const first = await versions.name(actor, projectId, 'First');
	const sceneId = await documents.read(projectId, (doc) => readBoard(doc).scenes[1]?.id ?? '');
	await write(projectId, 'INT. ROOM - DAY\n\nA young man runs.\n');
	await versions.restore(actor, first.id, { sceneId });
	expect(await textOf(projectId)).toBe('INT. ROOM - DAY\n\nA young man runs.\n\n外景 山路 夜\n\n愚公挖山。\n');
	await expect(versions.restore(actor, first.id, { sceneId: 'no-such-scene' })).rejects.toMatchObject({
		code: 'not-found',
	});
});

it('what somebody types while a version is being restored stays', async () => {
	const real = await aServer();
	const projectId = newId();
	await real.write(projectId, script);
	const first = await real.versions.name(actor, projectId, 'First');
	await real.write(projectId, script.replace('old', 'very old'));
	const typing = await aServer({
		freeze: real.documents.freeze,
		// Between the version of what was there and the restore.
		edit: async (...input) => {
			await real.documents.edit(projectId, 'ada-000001', (doc) =>
				scriptOf(doc).insert(scriptOf(doc).toString().indexOf('waits'), 'still '),
			);
			return real.documents.edit(...input);
		},
	});
	await typing.versions.restore(actor, first.id, {});
	expect(await real.textOf(projectId)).toBe(script.replace('waits', 'still waits'));
});

it('two who restore at the same time while a third types: one of them has it, and no word is doubled or lost', async () => {
	const { documents, versions, write, textOf, kindsOf } = await aServer();
	const projectId = newId();
	await write(projectId, script);
	const first = await versions.name(actor, projectId, 'First');
	const women = script.replace('An old man waits.', 'Two women argue.');
	await write(projectId, women);
	const second = await versions.name(actor, projectId, 'Second');
	await write(projectId, 'INT. OTHER - DAY\n\nEnd.\n');
	const typing = (async () => {
		for (let nth = 0; nth < 20; nth++)
			await documents.edit(projectId, 'ada-000001', (doc) => scriptOf(doc).insert(scriptOf(doc).length, `${nth} `));
	})();
	const kept = await Promise.all([
		versions.restore(actor, first.id, {}),
		versions.restore(actor, first.id, {}),
		versions.restore(actor, second.id, {}),
	]);
	await typing;
	const text = await textOf(projectId);
	const typedIn = (words: string): string[] => words.match(/\d+ /g) ?? [];
	// What was there before the last of them is in the version that it kept, and what came later in the script.
	const there = typedIn(text);
	const all = Array.from({ length: 20 }, (_, nth) => `${nth} `);
	expect(there).toEqual(all.slice(all.length - there.length));
	const found = new Set(there);
	for (const { id } of kept) {
		const doc = openFrozen(Buffer.from((await versions.read(actor, id)).update, 'base64'));
		for (const word of typedIn(scriptOf(doc).toString())) found.add(word);
	}
	expect(all.filter((word) => !found.has(word))).toEqual([]);
	expect([script, women].map((words) => words.trim())).toContain(text.replace(/\d+ /g, '').trim());
	expect(await kindsOf(projectId)).toEqual(['restore', 'restore', 'restore', 'named', 'named']);
	expect(new Set(kept.map(({ id }) => id)).size).toBe(3);
	expect(await documents.read(projectId, (doc) => readBoard(doc).scenes.map(({ heading }) => heading))).toEqual([
		'INT. ROOM - DAY',
		'外景 山路 夜',
	]);
});

it('two on different servers who restore at the same time: the script is that of one of the two, with no word doubled', async () => {
	const [one, two] = [await aServer(), await aServer()];
	const projectId = newId();
	const women = script.replace('An old man waits.', 'Two women argue.');
	await one.write(projectId, script);
	const first = await one.versions.name(actor, projectId, 'First');
	await one.write(projectId, women);
	const second = await one.versions.name(actor, projectId, 'Second');
	for (let round = 0; round < 5; round++) {
		await one.write(projectId, 'INT. OTHER - DAY\n\nEnd.\n');
		await Promise.all([one.versions.restore(actor, first.id, {}), two.versions.restore(actor, second.id, {})]);
		const { update } = await one.documents.freeze(projectId, () => null);
		expect([script, women]).toContain(scriptOf(openFrozen(update)).toString());
	}
});

it('what another server has just saved is in a version', async () => {
	const [one, two] = [await aServer(), await aServer()];
	const projectId = newId();
	await one.write(projectId, script);
	await two.textOf(projectId);
	for (let round = 0; round < 10; round++) {
		const words = `INT. ROUND ${round} - DAY\n`;
		await one.write(projectId, words);
		const { id } = await two.versions.name(actor, projectId, `Round ${round}`);
		const { update } = await two.versions.read(actor, id);
		expect(scriptOf(openFrozen(Buffer.from(update, 'base64'))).toString()).toBe(words);
	}
});

it('one scene that is cut while it is brought back comes back whole', async () => {
	const real = await aServer();
	const projectId = newId();
	await real.write(projectId, script);
	const first = await real.versions.name(actor, projectId, 'First');
	const sceneId = await real.documents.read(projectId, (doc) => readBoard(doc).scenes[1]?.id ?? '');
	await real.write(projectId, script.replace('愚公挖山。', '愚公移山。'));
	const racing = await aServer({
		freeze: real.documents.freeze,
		// Between the version of what was there and the scene that comes back.
		edit: async (...input) => {
			await real.write(projectId, 'INT. ROOM - DAY\n\nAn old man waits.\n', 'ada-000001');
			return real.documents.edit(...input);
		},
	});
	await racing.versions.restore(actor, first.id, { sceneId });
	expect((await real.textOf(projectId)).trim()).toBe(script.trim());
	expect(await real.documents.read(projectId, (doc) => readBoard(doc).scenes[1]?.id)).toBe(sceneId);
});

it('a server that dies between the keeping and the restoring leaves the document as it was, and another one restores it', async () => {
	const first = await aServer();
	const projectId = newId();
	await first.write(projectId, script);
	const version = await first.versions.name(actor, projectId, 'First');
	await first.write(projectId, 'INT. OTHER - DAY\n');
	const dying = await aServer({ freeze: first.documents.freeze, edit: () => Promise.reject(new Error('killed')) });
	await expect(dying.versions.restore(actor, version.id, {})).rejects.toThrow('killed');
	const other = await aServer();
	expect(await other.textOf(projectId)).toBe('INT. OTHER - DAY\n');
	expect(await other.kindsOf(projectId)).toEqual(['restore', 'named']);
	await other.versions.restore(actor, version.id, {});
	expect(await other.textOf(projectId)).toBe(script);
});

it('no version knows more than the journal', async () => {
	const { documents, versions, write, store } = await aServer();
	const projectId = newId();
	await write(projectId, script);
	const life = await documents.open(projectId);
	scriptOf(life.doc).insert(0, 'Not yet durable. ');
	const { id } = await versions.keep(projectId, { kind: 'import', name: null, by: mei });
	const durable = new Y.Doc();
	for (const row of await createJournalStore(mongo.db).rows(projectId)) Y.applyUpdate(durable, row.update);
	expect(scriptOf(durable).toString()).toBe(`Not yet durable. ${script}`);
	expect(await store.find(id)).toMatchObject({ kind: 'import', by: mei });
});

it('two servers that keep an automatic version at once keep one, and the same content twice in a row is one', async () => {
	const [a, b] = [await aServer(), await aServer()];
	const projectId = newId();
	await a.write(projectId, script);
	for (let round = 0; round < 5; round++) {
		await a.write(projectId, `${script}\nRound ${round}.\n`);
		const known = await a.versions.newestOf(projectId);
		const input = { by: mei, authors: [mei], known };
		await Promise.all([a, b, a, b].map(({ versions }) => versions.checkpoint(projectId, input)));
		await a.versions.checkpoint(projectId, { by: mei, authors: [mei] });
		expect(await a.kindsOf(projectId)).toHaveLength(round + 1);
	}
});

it('keeps a version after so many changes and when the last editor leaves, and old ones go', async () => {
	const { documents, versions, kindsOf, write, store } = await aServer();
	const kept: Promise<unknown>[] = [];
	const checkpoints = createCheckpoints({
		keep: (...input) => {
			const done = versions.checkpoint(...input);
			kept.push(done);
			return done;
		},
		newestOf: versions.newestOf,
		log,
		now: () => new Date(),
		pace: { everyChanges: 100, leastGapMs: 0 },
	});
	documents.watch(checkpoints);
	const projectId = newId();
	const old = {
		projectId,
		kind: 'automatic' as const,
		name: null,
		by: mei,
		authors: [],
		sizeBytes: 1,
		scenes: 0,
		shots: 0,
		words: 0,
	};
	const longAgo = Date.parse('2026-01-01T10:00:00Z');
	for (const [index, at] of [longAgo, longAgo + 1000, longAgo + 2000].entries())
		await store.add(
			{ ...old, _id: `${projectId}-${index}`, at: new Date(at), digest: `${index}`, follows: `${index}` },
			{ update: Uint8Array.of(0), owners: [] },
		);
	await write(projectId, 'short');
	expect(kept).toHaveLength(0);
	await write(projectId, script.repeat(3));
	await checkpoints.close();
	expect(kept).toHaveLength(1);
	expect(await kindsOf(projectId)).toEqual(['automatic', 'automatic']);
	expect((await store.newest(projectId))?.authors).toEqual([mei]);
});

it('a version that was named is kept for ever, and only named ones can be deleted', async () => {
	const { versions, write, kindsOf } = await aServer();
	const projectId = newId();
	await write(projectId, script);
	const { id } = await versions.keep(projectId, { kind: 'automatic', name: null, by: mei });
	await expect(versions.delete(actor, id)).rejects.toMatchObject({ code: 'not-allowed' });
	expect(await versions.rename(actor, id, 'Good one')).toMatchObject({ kind: 'named', name: 'Good one' });
	await versions.delete(actor, id);
	expect(await kindsOf(projectId)).toEqual([]);
});

it('a version that is written while its project is deleted goes with it', async () => {
	const { versions, write, kindsOf } = await aServer({ isProject: async () => false });
	const projectId = newId();
	await write(projectId, script);
	await expect(versions.name(actor, projectId, 'Too late')).rejects.toMatchObject({ code: 'not-found' });
	await expect(versions.checkpoint(projectId, { by: mei })).rejects.toMatchObject({ code: 'not-found' });
	expect(await kindsOf(projectId)).toEqual([]);
});
