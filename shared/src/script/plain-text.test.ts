import { describe, expect, it } from 'vitest';
import { parseFountain } from './fountain.ts';
import { formatFountain } from './format-fountain.ts';
import { parseMarkdown } from './markdown.ts';
import { fountainOfText } from './plain-text.ts';

const kinds = (text: string): string[] =>
	parseFountain(text).elements.map(({ type, text: words }) => `${type}: ${words}`);

describe('reading plain text', () => {
	it('reads a page that is laid out by blanks, without its page numbers and broken speeches', () => {
		const page = `
                              THE FOX

                            written by

                              AESOP


FADE IN:

1   INT. BARN - NIGHT                                        1

A fox sits in the hay and looks at a crow that holds a
piece of cheese in its beak.

                    FOX (O.S.)
               (sweetly)
          What a voice you must have, dear
          crow! Sing for me
                    (MORE)

                                                             2.

                    FOX (CONT'D)
          just once.

                                                  CUT TO:

EXT. FIELD - DAY

                    CROW
          Caw.
`;
		const text = fountainOfText(page);
		expect(parseFountain(text).titlePage).toEqual([
			{ key: 'Title', value: 'THE FOX' },
			{ key: 'Credit', value: 'written by' },
			{ key: 'Author', value: 'AESOP' },
		]);
		expect(kinds(text).slice(1)).toEqual([
			'transition: FADE IN:',
			'scene-heading: INT. BARN - NIGHT',
			'action: A fox sits in the hay and looks at a crow that holds a piece of cheese in its beak.',
			'character: FOX',
			'parenthetical: sweetly',
			'dialogue: What a voice you must have, dear crow! Sing for me just once.',
			'transition: CUT TO:',
			'scene-heading: EXT. FIELD - DAY',
			'character: CROW',
			'dialogue: Caw.',
		]);
		expect(parseFountain(text).elements.find(({ type }) => type === 'scene-heading')?.sceneNumber).toBe('1');
	});
	it('reads speech set in by tabs', () => {
		expect(kinds(fountainOfText('EXT. SEA - DAY\n\nWaves.\n\n\t\t\tANNA\n\t\t(calls)\n\tAhoy!\n\tAnybody?\n'))).toEqual(
			[
				'scene-heading: EXT. SEA - DAY',
				'action: Waves.',
				'character: ANNA',
				'parenthetical: calls',
				'dialogue: Ahoy! Anybody?',
			],
		);
	});
	it('leaves a script as it is, letter by letter', () => {
		for (const text of [
			'INT. A - DAY\n\nANNA\nHi.\n',
			'第3场 村口 日 外\n愚公：走吧。\n智叟：不去。\n',
			'Title: X\n\nSnow.\n',
			'愚公：走吧。\n智叟：不去。\n愚公：那我去。\n',
		])
			expect(fountainOfText(text)).toBe(text);
	});
	it('takes the headings of Chinese series for headings', () => {
		expect(kinds(fountainOfText('1-1 张家客厅 日 内\n张三：你来了。\n\n1-2　街道　夜　外\n下雨。\n'))).toEqual([
			'scene-heading: 1-1 张家客厅 日 内',
			'character: 张三',
			'dialogue: 你来了。',
			'scene-heading: 1-2　街道　夜　外',
			'action: 下雨。',
		]);
	});
	it('keeps prose prose, whatever its lines look like, and chapters as sections', () => {
		expect(
			kinds(
				fountainOfText(
					'CHAPTER ONE\n\nIt was a dark and stormy night, and the rain fell in torrents upon\nthe roofs of the old town.\n\nANNA\nlooked up.\n\n# of them: 3 * 4 * 5\n',
				),
			),
		).toEqual([
			'section: CHAPTER ONE',
			'action: It was a dark and stormy night, and the rain fell in torrents upon the roofs of the old town.',
			'action: ANNA\nlooked up.',
			'action: # of them: 3 * 4 * 5',
		]);
		expect(kinds(fountainOfText('　　北山愚公者，年且九十。\n　　面山而居。\n'))).toEqual([
			'action: 北山愚公者，年且九十。',
			'action: 面山而居。',
		]);
	});
});

describe('reading Markdown', () => {
	const read = (text: string): string[] => kinds(formatFountain(parseMarkdown(text)));
	it('makes sections of headings, scenes of scene headings, and action of prose with its emphasis', () => {
		expect(
			read(
				'---\ntitle: "The Fox"\nauthor: Aesop\n---\n\n# Act one\n\n## INT. BARN - NIGHT\n\nA _sly_ **fox** sits\nin the [hay](http://x).\n\n- one\n- two\n\n> Quoted.\n\n---\n\nThe snake_case stays.\n',
			),
		).toEqual([
			'title-page: Title: The Fox\nAuthor: Aesop',
			'section: Act one',
			'scene-heading: INT. BARN - NIGHT',
			'action: A sly fox sits in the hay.',
			'action: - one',
			'action: - two',
			'action: Quoted.',
			'centred: * * *',
			'action: The snake_case stays.',
		]);
		expect(formatFountain(parseMarkdown('A _sly_ **fox**.'))).toBe('A *sly* **fox**.\n');
	});
	it('reads speeches with the name in bold, and those of Fountain', () => {
		expect(
			read(
				'### 内景 客厅 夜\n\n**愚公（自语）**：走吧。\n**智叟：** 不去。\n\n**ANNA**\n*(softly)*\nHello.\n\nBOB\nHi.\n',
			),
		).toEqual([
			'scene-heading: 内景 客厅 夜',
			'character: 愚公',
			'dialogue: 走吧。',
			'character: 智叟',
			'dialogue: 不去。',
			'character: ANNA',
			'parenthetical: softly',
			'dialogue: Hello.',
			'character: BOB',
			'dialogue: Hi.',
		]);
	});
	it('keeps pictures as notes and comments as boneyards', () => {
		expect(formatFountain(parseMarkdown('A ![map](m.png) here. <!-- cut -->\n'))).toBe('A [[map]] here. /* cut */\n');
	});
});
