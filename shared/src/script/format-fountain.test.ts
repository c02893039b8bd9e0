import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyScript, elementsOf } from '../../testing/a-script.ts';
import { formatFountain } from './format-fountain.ts';
import { formatInline, parseInline, visibleText } from './inline.ts';
import { plain } from './emphasis.ts';
import { readParts } from './paragraphs.ts';

describe('writing Fountain', () => {
	it('keeps every element of any script that is read and written', () => {
		fc.assert(
			fc.property(anyScript, (text) => {
				expect(elementsOf(formatFountain(readParts(text)))).toEqual(elementsOf(text));
			}),
			{ numRuns: 400 },
		);
	});
	it('forces what would be read as something else, and nothing more', () => {
		expect(
			formatFountain({
				titlePage: [],
				paragraphs: [
					{ type: 'action', text: 'Title: is no title' },
					{ type: 'scene-heading', text: 'INT. BARN' },
					{ type: 'scene-heading', text: 'The roof', sceneNumber: '7' },
					{ type: 'action', text: 'CUT TO:' },
					{ type: 'action', text: 'Snow.' },
					{ type: 'character', text: 'ANNA', extension: 'V.O.' },
					{ type: 'dialogue', text: 'Hay.' },
					{ type: 'character', text: 'McAvoy' },
					{ type: 'dialogue', text: 'Aye.' },
					{ type: 'transition', text: 'Slowly' },
				],
			}),
		).toBe(
			'!Title: is no title\n\nINT. BARN\n\n.The roof #7#\n\n!CUT TO:\n\nSnow.\n\nANNA (V.O.)\nHay.\n\n@McAvoy\nAye.\n\n> Slowly\n',
		);
	});
});

describe('reading emphasis', () => {
	it('sees the same words as the parser of elements does, and writes what it read', () => {
		const text = fc
			.array(fc.constantFrom('*', '**', '_', '\\', 'a', ' ', 'b c', '山', '***', '\n'), { maxLength: 16 })
			.map((parts) => parts.join(''));
		fc.assert(
			fc.property(text, (line) => {
				const runs = parseInline(line);
				expect(visibleText(runs)).toBe(plain(line));
				expect(visibleText(parseInline(formatInline(runs)))).toBe(plain(line));
			}),
			{ numRuns: 1000 },
		);
	});
	it('keeps bold, italic and underline apart, and notes where they stand', () => {
		const text = 'A **man** [[tall?]] _*sits*_ /*or not*/ here.';
		expect(formatInline(parseInline(text))).toBe(text);
		expect(parseInline('***x***')).toEqual([{ kind: 'text', text: 'x', bold: true, italic: true, underline: false }]);
	});
});
