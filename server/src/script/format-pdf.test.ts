import fc from 'fast-check';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { describe, expect, it } from 'vitest';
import { parseInline, visibleText } from '@reelroom/shared/script/inline.ts';
import { readParts } from '@reelroom/shared/script/paragraphs.ts';
import { anyScript } from '@reelroom/shared/testing/a-script.ts';
import { breakLines, cellsOf } from './break-lines.ts';
import { formatPdf } from './format-pdf.ts';
import { readScriptFile } from './read-script-file.ts';

type Item = { str: string; transform: number[]; page: number };

/** The words of a PDF as another program reads them. */
async function wordsOf(pdf: Uint8Array): Promise<Item[]> {
	const reading = getDocument({ data: pdf.slice(), verbosity: 0 });
	const document = await reading.promise;
	const items: Item[] = [];
	for (let page = 1; page <= document.numPages; page += 1) {
		const { items: found } = await (await document.getPage(page)).getTextContent();
		for (const item of found)
			if ('str' in item) items.push({ str: item.str, transform: item.transform as number[], page });
	}
	await reading.destroy();
	return items;
}

/** Neither font has these; a box stands for them. */
const squeeze = (text: string): string =>
	text
		.normalize('NFC')
		.replace(/[🦊𠮷]/gu, '□')
		.replace(/\s+/g, '')
		.toUpperCase();
const isPrinted = (type: string): boolean => !['note', 'boneyard', 'section', 'synopsis', 'page-break'].includes(type);

describe('the pages of a script', () => {
	it('hold every word in order, in English and Chinese, as another program reads them', async () => {
		await fc.assert(
			fc.asyncProperty(anyScript, fc.constantFrom('a4' as const, 'letter' as const), async (text, paper) => {
				const { titlePage, paragraphs } = readParts(text);
				// Two speeches side by side are read line by line across; their words are the test of the next one.
				fc.pre(!paragraphs.some(({ dual }) => dual));
				const said = squeeze(
					(await wordsOf(await formatPdf({ text, title: 'x', paper }))).map(({ str }) => str).join(''),
				);
				let at = 0;
				for (const { type, text: words, extension, sceneNumber } of paragraphs.filter((one) => isPrinted(one.type))) {
					for (const line of visibleText(parseInline(words)).split('\n')) {
						for (const word of line.split(/\s+/).filter(Boolean)) {
							const found = said.indexOf(squeeze(word), at);
							expect(found, `${type} “${word}” after ${at} in ${said}`).toBeGreaterThanOrEqual(at);
							at = found;
						}
					}
					for (const more of [extension, sceneNumber]) if (more) expect(said).toContain(squeeze(more));
				}
				for (const { value } of titlePage)
					for (const line of value.split('\n')) expect(said).toContain(squeeze(visibleText(parseInline(line))));
			}),
			{ numRuns: 25 },
		);
	}, 60_000);
	it('set two speeches of a dual dialogue side by side', async () => {
		const text = 'ANNA\nYes indeed.\n\nBOB ^\nNot at all.\n';
		const items = await wordsOf(await formatPdf({ text, title: 'x', paper: 'letter' }));
		const at = (word: string): number[] => items.find(({ str }) => str.includes(word))?.transform.slice(4) ?? [];
		expect(at('ANNA')[1]).toBe(at('BOB')[1]);
		expect(at('BOB')[0]).toBeGreaterThan((at('ANNA')[0] ?? 0) + 150);
		expect(at('Yes')[1]).toBe(at('Not')[1]);
	});
	it('stand where the industry has them: action at 1.5 inches, speech at 2.5, names at 3.7, numbers at both sides', async () => {
		const text = 'INT. A - DAY #4A#\n\nSnow.\n\nANNA\nHello.\n\n> Slowly\n';
		const items = await wordsOf(await formatPdf({ text, title: 'x', paper: 'letter' }));
		const left = (word: string): number => (items.find(({ str }) => str === word)?.transform[4] ?? 0) / 72;
		expect([left('INT. A - DAY'), left('Snow.'), left('Hello.'), left('ANNA')].map((n) => n.toFixed(1))).toEqual([
			'1.5',
			'1.5',
			'2.5',
			'3.7',
		]);
		expect(items.filter(({ str }) => str === '4A')).toHaveLength(2);
	});
	it('leave no heading alone at a foot, no lone line, and carry a speech over with its name', async () => {
		const speech = `ANNA\n${'I have a great deal to tell you about all of this. '.repeat(14)}`;
		const text = Array.from(
			{ length: 12 },
			(_, n) =>
				`INT. ROOM ${n} - DAY\n\n${'Snow falls on the town and on the sea. '.repeat(5)}\n\n${speech}\n\n> Cut away`,
		).join('\n\n');
		const items = (await wordsOf(await formatPdf({ text, title: 'x', paper: 'letter' }))).filter(({ str }) =>
			str.trim(),
		);
		const pages = [...Map.groupBy(items, ({ page }) => page).values()];
		expect(pages.length).toBeGreaterThan(4);
		expect(items.some(({ str }) => str === '(MORE)')).toBe(true);
		for (const [at, page] of pages.entries()) {
			const last = page.at(-1)?.str ?? '';
			expect(last).not.toMatch(/^INT\.|^ANNA/);
			const first = page[at === 0 ? 0 : 1]?.str ?? '';
			expect(first).not.toBe('Cut away');
			if (pages[at - 1]?.at(-1)?.str === '(MORE)') expect(first).toBe("ANNA (CONT'D)");
			expect(at === 0 ? '' : page[0]?.str).toBe(at === 0 ? '' : `${at + 1}.`);
			const foot = Math.min(...page.map(({ transform }) => transform[5] ?? 0));
			expect(foot).toBeGreaterThan(72 - 12);
		}
	});
	it('carry the script along, from which it is read again letter by letter', async () => {
		await fc.assert(
			fc.asyncProperty(anyScript, async (text) => {
				const pdf = await formatPdf({ text, title: '愚公 (1)', paper: 'a4' });
				expect(await readScriptFile(pdf, 'x.pdf')).toEqual({ text, kind: 'pdf', encoding: null });
			}),
			{ numRuns: 20 },
		);
	});
});

describe('breaking lines', () => {
	it('sets dashes, ellipses and quotes as wide as their neighbours’ alphabet has them', () => {
		const widths = (text: string): number[] =>
			cellsOf(parseInline(text), (sign, _bold, chinese) => (chinese || /[\u2e80-\uffff]/.test(sign) ? 12 : 7)).map(
				({ width }) => width,
			);
		expect(widths('草鞋——“好')).toEqual([12, 12, 12, 12, 12, 12]);
		expect(widths('a…“b')).toEqual([7, 7, 7, 7]);
	});
	it('begins no line with a closing sign and ends none with an opening one, in Chinese and mixed text', () => {
		const piece = fc.constantFrom(
			'山',
			'，',
			'。',
			'（',
			'）',
			'“',
			'”',
			'fox ',
			'A',
			'……',
			'——',
			'《',
			'》',
			'！',
			'42',
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
				const text = pieces.join('');
				const cells = cellsOf(parseInline(text), (sign) => (/[\u2e80-\uffff]/.test(sign) ? 12 : 7.2));
				const lines = breakLines(cells, 120).map((line) => line.map((cell) => cell.text).join(''));
				expect(squeeze(lines.join(''))).toBe(squeeze(text));
				for (const [at, line] of lines.entries()) {
					// A row of signs longer than a line leaves no choice.
					if (/[，。！）”》（“《…—]{6}/.test(text)) continue;
					if (at > 0) expect(line, text).not.toMatch(/^[，。！）”》]/);
					if (at < lines.length - 1) expect(line, text).not.toMatch(/[（“《]$/);
				}
			}),
			{ numRuns: 500 },
		);
	});
});
