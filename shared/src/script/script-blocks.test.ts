import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFountain } from './fountain.ts';
import { elementsOfBlocks, readBlocks, rereadBlocks, type ScriptBlocks } from './script-blocks.ts';

const piece = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.constantFrom(
			...[
				'\n',
				'\n\n',
				'\n\n\n',
				'\n  \n',
				'\n \n',
				'\n\u3000\u3000\n',
				'\r\n',
				' ',
				'  ',
				'a',
				'B',
				'INT. A - DAY',
				'GIRL',
			],
			...[
				'Hello.',
				'(low)',
				'/*',
				'*/',
				'[[',
				']]',
				'/',
				'*',
				'[',
				'@愚公',
				'愚公：你好',
				'内景 屋 夜',
				'CUT TO:',
				'> X <',
				'# a',
			],
			...['= b', 'Title: x', 'Author: me', '~la', '!A', '.B', '^', '===', '老船长\n风要来了。', '\ufeff'],
		),
	},
	{ weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
);
const script = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
const edits = fc.array(fc.record({ at: fc.nat(), remove: fc.nat(12), insert: fc.oneof(piece, fc.constant('')) }), {
	minLength: 1,
	maxLength: 12,
});

function edited(
	text: string,
	blocks: ScriptBlocks,
	{ at, remove, insert }: { at: number; remove: number; insert: string },
) {
	const from = at % (text.length + 1);
	const to = Math.min(text.length, from + remove);
	const next = text.slice(0, from) + insert + text.slice(to);
	return { text: next, blocks: rereadBlocks(blocks, { from, to, inserted: insert.length }, next) };
}

describe('reading a script again after an edit', () => {
	it('gives what reading all of it gives, whatever is typed, pasted or cut', () => {
		fc.assert(
			fc.property(script, edits, (text, changes) => {
				let state = { text, blocks: readBlocks(text) };
				for (const change of changes) {
					state = edited(state.text, state.blocks, change);
					expect(state.blocks).toEqual(readBlocks(state.text));
					expect(elementsOfBlocks(state.blocks)).toEqual(parseFountain(state.text).elements);
				}
			}),
			{ numRuns: 1500 },
		);
	});
	it('leaves every block alone that is not beside the change', () => {
		const text = Array.from({ length: 500 }, (_, n) => `INT. ROOM ${n} - DAY\n\nShe waits.\n\nANNA\nStill here.`).join(
			'\n\n',
		);
		const before = readBlocks(text);
		const at = text.indexOf('She waits', text.length / 2);
		const { blocks } = edited(text, before, { at, remove: 0, insert: 'x' });
		expect(blocks.blocks.filter((block) => !before.blocks.includes(block)).length).toBeLessThanOrEqual(3);
		expect(blocks.blocks).toHaveLength(before.blocks.length);
	});
	it('is total: holds the notes, boneyards and the title page of a script in its blocks', () => {
		const text = 'Title: A\n\nHe [[tall]] sits.\n\n/* gone\n\nfor good */\n\nEnd.';
		const { blocks, starts } = readBlocks(text);
		expect(blocks.map(({ length }, index) => text.substr(starts[index] ?? 0, length))).toEqual([
			'Title: A',
			'He [[tall]] sits.',
			'/* gone\n\nfor good */',
			'End.',
		]);
		expect(blocks[0]?.titlePage).toEqual([{ key: 'Title', value: 'A' }]);
		expect(blocks[1]?.hidden).toEqual([{ start: 3, end: 11, kind: 'note' }]);
	});
});
