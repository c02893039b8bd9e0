import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { Typed } from './typed-update.ts';
import { TypingQueue, typingOrigin } from './typing-queue.ts';

/** A document of one client and the update of each thing that is done in it. */
function aWriter(clientID: number) {
	const doc = new Y.Doc();
	doc.clientID = clientID;
	const updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => updates.push(update));
	return { doc, text: doc.getText('script'), updates };
}

function aQueue() {
	const doc = new Y.Doc();
	doc.getText('script');
	return { doc, queue: new TypingQueue(doc) };
}

describe('typing', () => {
	it('is told from everything else that is done in a document', () => {
		const { text, doc, updates } = aWriter(7);
		const { queue } = aQueue();
		text.insert(0, 'INT. 房间');
		text.insert(3, '😀');
		text.delete(1, 4);
		doc.getMap('shots').set('a', new Y.Map());
		text.insert(0, 'x');
		text.format(0, 1, { bold: true });
		const isTyping = updates.map((update) => {
			const typed = queue.read(update);
			if (typed !== null) queue.add(update, typed);
			return typed !== null;
		});
		// The last letter follows on something that was never taken.
		expect(isTyping).toEqual([true, true, true, false, false, false]);
	});

	it('is nothing that names what is not there, repeats, or comes before its time', () => {
		const { text, updates } = aWriter(7);
		const { queue } = aQueue();
		text.insert(0, 'a');
		text.insert(1, 'b');
		text.delete(0, 1);
		const [first = new Uint8Array(), second = new Uint8Array(), third = new Uint8Array()] = updates;
		expect([queue.read(second), queue.read(third)]).toEqual([null, null]);
		queue.add(first, queue.read(first) as Typed);
		expect([queue.read(first), queue.read(second)]).toEqual([null, expect.objectContaining({ client: 7, end: 2 })]);
		expect(
			[second.subarray(0, -1), Uint8Array.of(...second, 0), new Uint8Array()].map((bad) => queue.read(bad)),
		).toEqual([null, null, null]);
	});

	it('comes out the same whether it is applied at once or together, by however many hands', () => {
		const edit = fc.record({ by: fc.nat(2), at: fc.nat(), text: fc.string({ unit: 'grapheme', maxLength: 3 }) });
		fc.assert(
			fc.property(fc.array(edit, { maxLength: 60 }), fc.nat(9), fc.nat(5), (edits, settleEvery, writeEvery) => {
				const writers = [aWriter(1), aWriter(2), aWriter(3)];
				const { doc, queue } = aQueue();
				// What is written of it, one row behind the other.
				const rows: Uint8Array[] = [];
				doc.on('update', (update: Uint8Array, origin: unknown) => {
					if (origin === typingOrigin && queue.isUnwritten) rows.push(update);
				});
				for (const [index, { by, at, text }] of edits.entries()) {
					const writer = writers[by];
					if (writer === undefined) continue;
					const { length } = writer.text;
					if (text === '' && length > 0) writer.text.delete(at % length, 1);
					else writer.text.insert(at % (length + 1), text);
					for (const update of writer.updates.splice(0)) {
						const typed = queue.read(update);
						expect(typed).not.toBeNull();
						if (typed !== null) queue.add(update, typed);
						for (const other of writers) if (other !== writer) Y.applyUpdate(other.doc, update);
						for (const other of writers) other.updates.length = 0;
					}
					if (index % (writeEvery + 1) === writeEvery) rows.push(...queue.takeRows());
					if (index % (settleEvery + 1) === settleEvery) rows.push(...queue.settle());
				}
				rows.push(...queue.settle());
				expect(doc.getText('script').toString()).toBe(writers[0]?.text.toString());
				expect(doc.store.pendingStructs).toBeNull();
				const read = new Y.Doc();
				for (const row of rows) {
					Y.applyUpdate(read, row);
					expect([read.store.pendingStructs, read.store.pendingDs]).toEqual([null, null]);
				}
				expect(Y.encodeStateAsUpdate(read)).toEqual(Y.encodeStateAsUpdate(doc));
				const merged = new Y.Doc();
				Y.applyUpdate(merged, Y.mergeUpdates(rows));
				expect(merged.getText('script').toString()).toBe(doc.getText('script').toString());
			}),
		);
	});
});
