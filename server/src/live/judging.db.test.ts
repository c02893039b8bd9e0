import * as encoding from 'lib0/encoding';
import * as sync from 'y-protocols/sync';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { beforeAll, expect, test } from 'vitest';
import { closeCodes, syncMessages } from '@reelroom/shared/live/protocol.ts';
import type { JournalStore } from '@reelroom/shared/node/stores/journal-store.ts';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import type { LiveDocument } from '../../../web/src/lib/live-document.ts';
import { aSyncHouse, saved, textOf, when, type SyncHouse } from './testing.ts';

let house: SyncHouse;
beforeAll(async () => void (house = await aSyncHouse()));

/** A journal of a server that hears nothing of other servers, and that neither reads nor writes while the database is away. */
function aLaggingJournal() {
	let away: Promise<void> | null = null;
	const asked = Promise.withResolvers<void>();
	const back = Promise.withResolvers<void>();
	const store: JournalStore = {
		...house.journal,
		async rows(projectId) {
			await away;
			return house.journal.rows(projectId);
		},
		async append(row) {
			asked.resolve();
			await away;
			return house.journal.append(row);
		},
		follow: (except, on) => house.journal.follow(except, { ...on, row: () => {} }),
	};
	return {
		store,
		/** From now on, until `comeBack`; answers when the server next asks to write. */
		goAway() {
			away = back.promise;
			return asked.promise;
		},
		comeBack: back.resolve,
	};
}

function frame(kind: number, fill: (encoder: encoding.Encoder) => void): Uint8Array {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, kind);
	fill(encoder);
	return encoding.toUint8Array(encoder);
}

const edit = (update: Uint8Array) => frame(syncMessages.sync, (encoder) => sync.writeUpdate(encoder, update));
const answer = (doc: Y.Doc) => frame(syncMessages.sync, (encoder) => sync.writeSyncStep2(encoder, doc));

/** A bare connection; `read` resolves when all that was sent has been read, `closed` with the code and the words of its end. */
async function aSocket(port: number, projectId: string, accountId: string) {
	const socket = new WebSocket(`ws://127.0.0.1:${port}/sync/${projectId}?ticket=${accountId}|${projectId}`);
	house.onClose(() => socket.terminate());
	let end: { code: number; words: string } | null = null;
	const closed = new Promise<{ code: number; words: string }>((resolve) =>
		socket.once('close', (code, reason) => resolve((end = { code, words: reason.toString() }))),
	);
	// The server speaks first: its question shows that the connection was let in.
	await new Promise((resolve) => socket.once('message', resolve));
	return {
		closed,
		end: () => end,
		leave: () => socket.close(),
		async send(...frames: Uint8Array[]) {
			for (const each of frames) socket.send(each);
			const read = new Promise((resolve) => socket.once('pong', resolve));
			socket.ping();
			await Promise.race([read, closed]);
		},
	};
}

/** A copy of a document that writes on under the same client id, as a client does that comes back; and the update of what it wrote. */
function writesOn(doc: Y.Doc, at: number, words: string): { copy: Y.Doc; update: Uint8Array } {
	const copy = new Y.Doc();
	Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
	copy.clientID = doc.clientID;
	const before = Y.encodeStateVector(copy);
	scriptOf(copy).insert(at, words);
	return { copy, update: Y.encodeStateAsUpdate(copy, before) };
}

/** Ada's first words are in the journal and Yu has heard them, both from one server; another one, which lags, has Third and knows nothing of it. */
async function aLag(projectId: string) {
	const lagging = aLaggingJournal();
	const [ahead, behind] = [await house.server(), await house.server({ journal: lagging.store })];
	const third = house.client(behind.port, projectId, 'third-001');
	await saved(third);
	const ada = house.client(ahead.port, projectId, 'ada-00001');
	const yu = house.client(ahead.port, projectId, 'yu-000001');
	await Promise.all([saved(ada), saved(yu)]);
	scriptOf(ada.doc).insert(0, 'ada ');
	await Promise.all([saved(ada), when(yu, () => textOf(yu) === 'ada ')]);
	return { lagging, behind, third, ada, yu };
}

test('who comes to a server that lags behind the journal is not taken for a forger of their own edits, whatever others brought of them before', async () => {
	const { lagging, behind, third, ada, yu } = await aLag('judging-1');
	const asked = lagging.goAway();
	const yuAgain = await aSocket(behind.port, 'judging-1', 'yu-000001');
	await yuAgain.send(answer(yu.doc));
	await asked;
	const { update } = writesOn(ada.doc, 4, 'types on');
	await ada.destroy();
	const adaAgain = await aSocket(behind.port, 'judging-1', 'ada-00001');
	await adaAgain.send(edit(update));
	expect([adaAgain.end(), yuAgain.end(), textOf(third)]).toEqual([null, null, '']);
	lagging.comeBack();
	await when(third, () => textOf(third) === 'ada types on');
	await behind.documents.edit('judging-1', 'third-001', () => null);
	expect(await house.journalled('judging-1')).toBe('ada types on');
	expect([adaAgain.end(), yuAgain.end()]).toEqual([null, null]);
});

test('edits of somebody else that only the journal knows yet are no forgery, even as an edit of its own', async () => {
	const { behind, third, ada, yu } = await aLag('judging-2');
	// What it appends itself comes behind the rows of others, which it reads for that; whose the ids are it knows from now on.
	scriptOf(third.doc).insert(0, 'third ');
	await Promise.all([saved(third), when(third, () => textOf(third).includes('ada '))]);
	scriptOf(ada.doc).insert(textOf(ada).indexOf('ada') + 4, 'types on');
	await when(yu, () => textOf(yu).includes('types on'));
	const { update } = writesOn(yu.doc, 0, '愚公 ');
	const all = Y.mergeUpdates([Y.encodeStateAsUpdate(yu.doc), update]);
	await yu.destroy();
	const yuAgain = await aSocket(behind.port, 'judging-2', 'yu-000001');
	await yuAgain.send(edit(all));
	await when(third, () => ['愚公', 'types on'].every((words) => textOf(third).includes(words)));
	expect(yuAgain.end()).toBeNull();
});

test('edits of somebody who is not here and that nobody knows are sent away to come back, not for good', async () => {
	const { behind, third, ada } = await aLag('judging-3');
	const { update } = writesOn(ada.doc, 4, 'heard from a server that died');
	const yuAgain = await aSocket(behind.port, 'judging-3', 'yu-000001');
	await yuAgain.send(edit(update));
	expect((await yuAgain.closed).code).toBe(closeCodes.goingAway);
	expect(textOf(third)).toBe('ada ');
});

test('a forger is found out on a server that lags, once it has read the journal', async () => {
	const { lagging, behind, third } = await aLag('judging-4');
	scriptOf(third.doc).insert(0, 'third');
	await saved(third);
	const asked = lagging.goAway();
	const { update } = writesOn(third.doc, 0, 'never said this ');
	const mallory = await aSocket(behind.port, 'judging-4', 'mallory-1');
	await mallory.send(edit(update));
	scriptOf(third.doc).insert(0, '>');
	await asked;
	expect(mallory.end()).toBeNull();
	lagging.comeBack();
	expect((await mallory.closed).code).toBe(closeCodes.badMessage);
	await saved(third);
	expect((await house.journalled('judging-4')).replace('ada ', '')).toBe('>third');
});

test('edits that follow on edits nobody has are kept aside up to a limit, then the connection ends with words and they are dropped', async () => {
	const server = await house.server();
	const ada = house.client(server.port, 'judging-5', 'ada-00001');
	scriptOf(ada.doc).insert(0, 'ada');
	await saved(ada);
	const gaps = new Y.Doc();
	const updates: Uint8Array[] = [];
	gaps.on('update', (update: Uint8Array) => void updates.push(edit(update)));
	for (let count = 0; count < 80; count++) scriptOf(gaps).insert(0, 'x'.repeat(10_000));
	const mallory = await aSocket(server.port, 'judging-5', 'mallory-1');
	const [, ...unfounded] = updates;
	await mallory.send(...unfounded.slice(0, 20));
	expect(mallory.end()).toBeNull();
	const aside = () => server.documents.read('judging-5', ({ store }) => store.pendingStructs?.update.length ?? 0);
	const most = 256 * 1024;
	expect(await aside()).toBeLessThanOrEqual(most);
	expect(await aside()).toBeGreaterThan(0);
	// Nobody else is given it, who would bring it to every server they come to.
	const late = house.client(server.port, 'judging-5', 'late-0001');
	await saved(late);
	expect([textOf(late), late.doc.store.pendingStructs]).toEqual(['ada', null]);
	await mallory.send(...unfounded.slice(20));
	expect(await mallory.closed).toEqual({
		code: closeCodes.tooMany,
		words: 'Too much that follows on edits nobody has',
	});
	expect(await aside()).toBe(0);
	scriptOf(ada.doc).insert(3, ' types on');
	await saved(ada);
	expect(await house.journalled('judging-5')).toBe('ada types on');
});

test('who comes back with words in place of others and leaves again before all of it could be taken has not deleted these', async () => {
	const server = await house.server();
	const [ada, yu, third] = ['ada-00001', 'yu-000001', 'third-001'].map((who) =>
		house.client(server.port, 'judging-6', who),
	) as [LiveDocument, LiveDocument, LiveDocument];
	await Promise.all([ada, yu, third].map(saved));
	scriptOf(ada.doc).insert(0, 'old');
	await when(yu, () => textOf(yu) === 'old');
	scriptOf(yu.doc).insert(3, ' yu');
	await when(ada, () => textOf(ada) === 'old yu');
	// What he wrote last she heard of a server that died, and wrote on behind it.
	const { update } = writesOn(yu.doc, 6, ' once more');
	const { copy } = writesOn(ada.doc, 0, '');
	Y.applyUpdate(copy, update);
	copy.transact(() => {
		scriptOf(copy).insert(16, ' new');
		scriptOf(copy).delete(0, 3);
	});
	await Promise.all([ada.destroy(), yu.destroy()]);
	const adaAgain = await aSocket(server.port, 'judging-6', 'ada-00001');
	await adaAgain.send(answer(copy));
	adaAgain.leave();
	await adaAgain.closed;
	scriptOf(third.doc).insert(0, '>');
	await saved(third);
	expect(await house.journalled('judging-6')).toBe('>old yu');
	const adaOnceMore = await aSocket(server.port, 'judging-6', 'ada-00001');
	await adaOnceMore.send(answer(copy));
	await when(third, () => textOf(third) === '> yu once more new');
});

/** Ada replaced a word while she heard what Yu wrote last from a server that died; neither is here any more. */
async function aReplacement(projectId: string, where: 'apart' | 'behind') {
	const server = await house.server();
	const [ada, yu, third] = ['ada-00001', 'yu-000001', 'third-001'].map((who) =>
		house.client(server.port, projectId, who),
	) as [LiveDocument, LiveDocument, LiveDocument];
	await Promise.all([ada, yu, third].map(saved));
	scriptOf(ada.doc).insert(0, 'old');
	await when(yu, () => textOf(yu) === 'old');
	scriptOf(yu.doc).insert(3, ' yu');
	await when(ada, () => textOf(ada) === 'old yu');
	const { copy: ofYu, update } = writesOn(yu.doc, 6, ' once more');
	const { copy } = writesOn(ada.doc, 0, '');
	Y.applyUpdate(copy, update);
	copy.transact(() => {
		scriptOf(copy).insert(where === 'behind' ? 16 : 3, ' new');
		scriptOf(copy).delete(0, 3);
	});
	await Promise.all([ada.destroy(), yu.destroy()]);
	const comesBack = async (accountId: string, doc: Y.Doc) => {
		const socket = await aSocket(server.port, projectId, accountId);
		await socket.send(answer(doc));
		return socket;
	};
	const back = await comesBack('ada-00001', copy);
	back.leave();
	await back.closed;
	return { server, third, ofYu, comesBack };
}

test('what somebody brought who left at once is judged to its end: a word is replaced whole, and what they heard of others is not lost', async () => {
	const { third } = await aReplacement('judging-7', 'apart');
	await when(third, () => textOf(third) === ' new yu once more');
	expect(await house.journalled('judging-7')).toBe(' new yu once more');
});

test('a word that was replaced behind what others have yet to bring is gone once they brought it, though its writer has left', async () => {
	const { server, third, ofYu, comesBack } = await aReplacement('judging-8', 'behind');
	scriptOf(third.doc).insert(0, '>');
	await saved(third);
	expect(await house.journalled('judging-8')).toBe('>old yu');
	expect(await server.documents.read('judging-8', ({ store }) => store.pendingStructs)).toBe(null);
	await comesBack('yu-000001', ofYu);
	await when(third, () => textOf(third) === '> yu once more new');
});
