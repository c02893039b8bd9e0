import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFountain, parseHeading } from './fountain.ts';
import { scenesOf } from './scenes.ts';

const sample = (name: string): string =>
	readFileSync(new URL(`../../defaults/samples/${name}.fountain`, import.meta.url), 'utf8');
const kinds = (text: string): string[] =>
	parseFountain(text).elements.map((element) => `${element.type}: ${element.text}`);

describe('reading Fountain', () => {
	it('knows who speaks by a Chinese name on a line of its own, and prose apart from it', () => {
		const kinds = (text: string) => parseFountain(text).elements.map(({ type, text: words }) => [type, words]);
		expect(kinds('内景 船舱 - 夜\n\n油灯摇晃。\n\n老船长\n风要来了。\n\n水手（低声）\n我们回港吗？')).toEqual([
			['scene-heading', '内景 船舱 - 夜'],
			['action', '油灯摇晃。'],
			['character', '老船长'],
			['dialogue', '风要来了。'],
			['character', '水手'],
			['dialogue', '我们回港吗？'],
		]);
		expect(kinds('天亮了\n他走了。')).toEqual([['action', '天亮了\n他走了。']]);
		expect(kinds('床前明月光\n疑是地上霜')).toEqual([['action', '床前明月光\n疑是地上霜']]);
		expect(kinds('远景\n群山。')).toEqual([['action', '远景\n群山。']]);
	});
	it('reads the title page as keys and values', () => {
		expect(parseFountain('Title:\n\tThe Fox\n\tand the Crow\nAuthor: Aesop\n\nEXT. WOOD - DAY\n').titlePage).toEqual([
			{ key: 'Title', value: 'The Fox\nand the Crow' },
			{ key: 'Author', value: 'Aesop' },
		]);
		expect(parseFountain('FADE IN:\n\nSnow.').titlePage).toEqual([]);
	});
	it('tells headings, action, cues, parentheticals, dialogue and transitions apart', () => {
		expect(
			kinds(
				'FADE IN:\n\nINT. BARN - NIGHT #4#\n\nA HORSE waits.\n\nHORSE (V.O.)\n(softly)\nHay.\nMore hay.\n\nCUT TO:\n\n> THE END <\n',
			),
		).toEqual([
			'transition: FADE IN:',
			'scene-heading: INT. BARN - NIGHT',
			'action: A HORSE waits.',
			'character: HORSE',
			'parenthetical: softly',
			'dialogue: Hay.\nMore hay.',
			'transition: CUT TO:',
			'centred: THE END',
		]);
		expect(parseFountain('INT. BARN - NIGHT #4A#').elements[0]).toMatchObject({ sceneNumber: '4A', start: 0, end: 22 });
	});
	it('lets the forcing marks win', () => {
		expect(
			kinds(
				'.ROOFTOPS\n\n!INT. not a heading\n\n@McAvoy\nAye.\n\n> Smash cut\n\n~La la\n~la\n\n===\n\n## Two\n\n= What happens',
			),
		).toEqual([
			'scene-heading: ROOFTOPS',
			'action: INT. not a heading',
			'character: McAvoy',
			'dialogue: Aye.',
			'transition: Smash cut',
			'lyrics: La la\nla',
			'page-break: ',
			'section: Two',
			'synopsis: What happens',
		]);
	});
	it('hides notes and boneyards, also across lines and within one', () => {
		expect(kinds('A man [[tall?]] sits.\n\n/* cut\n\nthis */\n\n[[see to\nthis]]\n\n/* open')).toEqual([
			'action: A man  sits.',
			'boneyard: cut\nthis',
			'note: see to\nthis',
			'action: /* open',
		]);
	});
	it('keeps a speech together over remarks, songs and lines of two spaces', () => {
		expect(kinds('BRICK\n[[looks up]]\nHello.\n  \nStill me.\n~la la\nEnd.\n\nAction.')).toEqual([
			'character: BRICK',
			'note: looks up',
			'dialogue: Hello.\n\nStill me.',
			'lyrics: la la',
			'dialogue: End.',
			'action: Action.',
		]);
	});
	it('lets a note hold a line of two spaces and no other blank line', () => {
		expect(kinds('[[one\n  \ntwo]]')).toEqual(['note: one\ntwo']);
		expect(kinds('[[one\n\ntwo]]')).toEqual(['action: [[one', 'action: two]]']);
		expect(parseFountain('He [[tall]] sits. /* cut */').hidden).toEqual([
			{ start: 3, end: 11, kind: 'note' },
			{ start: 18, end: 27, kind: 'boneyard' },
		]);
	});
	it('reads the extensions of a cue and who speaks at the same time', () => {
		const cues = (text: string) => parseFountain(text).elements.filter(({ type }) => type === 'character');
		expect(cues("MOM (O.S.) (CONT'D)\nUp!\n\nSTEEL ^\nDown!")).toMatchObject([
			{ text: 'MOM', extension: "O.S.) (CONT'D" },
			{ text: 'STEEL', dual: true },
		]);
		expect(cues('@愚公（画外）\n走。\n\n智叟 ^\n不走！')).toMatchObject([
			{ text: '愚公', extension: '画外', forced: true },
			{ text: '智叟', dual: true },
		]);
		expect(kinds('HANS (on the radio)\nOver.\n\nR2D2\nBeep.\n\n23\nNot a name.')).toEqual([
			'character: HANS',
			'dialogue: Over.',
			'character: R2D2',
			'dialogue: Beep.',
			'action: 23\nNot a name.',
		]);
	});
	it('takes a camera direction in capitals for action, not for a speaker', () => {
		expect(kinds('CLOSE ON HER HAND\nIt shakes.\n\nWIDE SHOT: the sea.')).toEqual([
			'action: CLOSE ON HER HAND\nIt shakes.',
			'action: WIDE SHOT: the sea.',
		]);
	});
	it('reads Chinese headings with or without a dot', () => {
		const headings = [
			'.外景 太行山脚 - 清晨',
			'内景 客厅 夜',
			'内景。客厅。夜',
			'外景：村口－日',
			'内 客厅 夜',
			'第3场',
			'第十二场 山脚 日 外',
			'场景一：愚公家 夜',
			'1、客厅 日 内',
			'内景客厅',
		];
		for (const heading of headings) expect(kinds(`${heading}\n\n愚公坐着。`)[0], heading).toMatch(/^scene-heading/);
		expect(parseFountain('第3场 村口').elements[0]?.sceneNumber).toBe('3');
		for (const action of ['外面下着大雨。', '内心独白开始', '第三场比赛开始了。', '外景地的人都走了。', '1、他点头。'])
			expect(kinds(`${action}\n`)[0], action).toMatch(/^action/);
	});
	it('reads Chinese speech with a cue or on one line, and leaves plain paragraphs alone', () => {
		expect(
			kinds(
				'@愚公\n（自语）\n要绕一天。\n\n智叟（大笑）：你太傻了！\n妻子：不行。\n\n两座大山挡在村口\n云雾压着山腰\n\n他说：走吧。\n\n特写：一只手。',
			),
		).toEqual([
			'character: 愚公',
			'parenthetical: 自语',
			'dialogue: 要绕一天。',
			'character: 智叟',
			'dialogue: 你太傻了！',
			'character: 妻子',
			'dialogue: 不行。',
			'action: 两座大山挡在村口\n云雾压着山腰',
			'action: 他说：走吧。',
			'action: 特写：一只手。',
		]);
	});
	it('reads Chinese transitions', () => {
		for (const line of ['淡入：', '淡出', '切至：', '叠化：', '淡出。', '（切至）'])
			expect(kinds(line)[0], line).toBe(`transition: ${line}`);
		expect(kinds('淡出画面的是一个人。')[0]).toMatch(/^action/);
	});
	it('reads both samples without leaving a cue or heading behind', () => {
		const english = parseFountain(sample('the-little-match-girl'));
		expect(english.elements.filter((element) => element.type === 'scene-heading')).toHaveLength(8);
		expect(
			new Set(english.elements.filter((element) => element.type === 'character').map((element) => element.text)),
		).toEqual(new Set(['GIRL', 'GENTLEMAN', 'GRANDMOTHER']));
		const chinese = parseFountain(sample('yugong-yishan'));
		expect(chinese.titlePage[0]).toEqual({ key: 'Title', value: '愚公移山' });
		expect(chinese.elements.filter((element) => element.type === 'scene-heading')).toHaveLength(7);
		expect(
			new Set(chinese.elements.filter((element) => element.type === 'character').map((element) => element.text)),
		).toEqual(new Set(['愚公', '妻子', '孙儿', '智叟', '天帝']));
	});
	it('covers every visible character of any text once, in order', () => {
		const words = fc.constantFrom(
			'INT. A - DAY',
			'GIRL',
			'Hello.',
			'',
			'  ',
			'/*',
			'*/',
			'[[',
			']]',
			'@愚公',
			'愚公：你好',
			'（笑）',
			'内景 屋 夜',
			'CUT TO:',
			'> X <',
			'# a',
			'Title: x',
			'~la',
			'\r',
		);
		const script = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 200 }),
			fc.array(words, { maxLength: 20 }).map((lines) => lines.join('\n')),
		);
		fc.assert(
			fc.property(script, (text) => {
				let at = 0;
				for (const element of parseFountain(text).elements) {
					expect(element.start).toBeGreaterThanOrEqual(at);
					expect(element.end).toBeGreaterThan(element.start);
					expect(text.slice(at, element.start).trim()).toBe('');
					at = element.end;
				}
				expect(text.slice(at).trim()).toBe('');
			}),
			{ numRuns: 500 },
		);
	});
});

describe('reading a heading', () => {
	it.each([
		['INT. VISION OF THE STOVE - NIGHT', 'VISION OF THE STOVE', true, 'night'],
		['EXT. ALLEY CORNER - DAWN', 'ALLEY CORNER', false, 'dawn'],
		['INT./EXT. CAR – DAY', 'CAR', true, 'day'],
		['I/E HOUSE - KITCHEN - LATER', 'HOUSE - KITCHEN', true, 'unknown'],
		['EXT. SEA - NIGHT - CONTINUOUS', 'SEA', false, 'night'],
		['EXT. NIGHT MARKET', 'NIGHT MARKET', false, 'unknown'],
		['ext. field -- late afternoon', 'field', false, 'day'],
		['.外景 太行山脚 - 清晨', '太行山脚', false, 'morning'],
		['内景 愚公家堂屋 - 夜', '愚公家堂屋', true, 'night'],
		['内景。客厅。黄昏', '客厅', true, 'dusk'],
		['第3场 山脚 日 外', '山脚', false, 'day'],
		['场景一：愚公家 夜/内', '愚公家', true, 'night'],
		['外景 夜市 黎明', '夜市', false, 'dawn'],
	])('%s', (heading, place, interior, timeOfDay) => {
		expect(parseHeading(heading)).toEqual({ place, interior, timeOfDay });
	});
	it('never throws', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (heading) => {
				parseHeading(heading);
			}),
		);
	});
});

describe('cutting a script into scenes', () => {
	it('gives each heading what stands under it, end to end', () => {
		const text = 'Title: X\n\nFADE IN:\n\nINT. A - DAY\n\nOne.\n\nEXT. B - DAY\n\nTwo.\n';
		const scenes = scenesOf(parseFountain(text));
		expect(scenes.map((scene) => [scene.heading, text.slice(scene.headingStart, scene.headingEnd)])).toEqual([
			['INT. A - DAY', 'INT. A - DAY'],
			['EXT. B - DAY', 'EXT. B - DAY'],
		]);
		expect(scenes[0]?.end).toBe(scenes[1]?.start);
		expect(scenes[1]?.end).toBe(text.length);
	});
	it('makes one scene of words without a heading, and none of no words', () => {
		expect(scenesOf(parseFountain('\n\nOnce upon a time.'))).toMatchObject([
			{ heading: '', start: 0, headingStart: 0, headingEnd: 0 },
		]);
		expect(scenesOf(parseFountain('\n\n# Act\n'))).toEqual([]);
	});
});
