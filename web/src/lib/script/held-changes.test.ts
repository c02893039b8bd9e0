import { ChangeSet, Text } from '@codemirror/state';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldChanges } from './held-changes.ts';

const edit = fc.record({ at: fc.nat(), remove: fc.nat(4), insert: fc.constantFrom('', 'a', '你', 'x\ny') });
const step = fc.oneof(
	{ weight: 4, arbitrary: edit.map((change) => ({ kind: 'write', change }) as const) },
	{ weight: 4, arbitrary: edit.map((change) => ({ kind: 'receive', change }) as const) },
	fc.constant({ kind: 'deliver' } as const),
	fc.constant({ kind: 'release' } as const),
);

function changeOf(text: Text, { at, remove, insert }: { at: number; remove: number; insert: string }): ChangeSet {
	const from = at % (text.length + 1);
	return ChangeSet.of({ from, to: Math.min(text.length, from + remove), insert }, text.length, '\n');
}

describe('a text that is written here and elsewhere', () => {
	it('is the same on both sides in the end, whatever was held back in which order', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
				const held = new HeldChanges();
				let editor = Text.of(['INT. A - DAY', '', 'She waits.']);
				let shared = editor;
				const deliver = (): void => {
					editor = held.deliver()?.apply(editor) ?? editor;
				};
				const release = (): void => {
					shared = held.release()?.apply(shared) ?? shared;
				};
				for (const one of steps) {
					if (one.kind === 'write') {
						const changes = changeOf(editor, one.change);
						editor = changes.apply(editor);
						held.write(changes);
					} else if (one.kind === 'receive') {
						const changes = changeOf(shared, one.change);
						shared = changes.apply(shared);
						held.receive(changes);
					} else if (one.kind === 'deliver') deliver();
					else release();
					expect(held.toShared(editor.length)).toBeLessThanOrEqual(shared.length);
					expect(held.fromShared(shared.length)).toBeLessThanOrEqual(editor.length);
				}
				deliver();
				release();
				expect(editor.toString()).toBe(shared.toString());
				expect([held.own, held.theirs]).toEqual([null, null]);
			}),
			{ numRuns: 2000 },
		);
	});
	it('keeps a half word out of the shared text until it is released, in step with what came meanwhile', () => {
		const held = new HeldChanges();
		const editor = Text.of(['She says .']);
		const word = ChangeSet.of({ from: 9, insert: 'ni' }, 10);
		held.write(word);
		held.receive(ChangeSet.of({ from: 0, insert: 'Then ' }, 10));
		expect(held.toShared(11)).toBe(14);
		expect(held.deliver()?.apply(word.apply(editor)).toString()).toBe('Then She says ni.');
		expect(
			held
				.release()
				?.apply(Text.of(['Then She says .']))
				.toString(),
		).toBe('Then She says ni.');
	});
});
