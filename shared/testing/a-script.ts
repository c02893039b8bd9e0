import fc from 'fast-check';
import { parseFountain } from '../src/script/fountain.ts';

const words = fc.constantFrom(
	'The fox waits',
	'snow * falls_here',
	'**Bold** and *soft* and _under_ it',
	'***All*** of _*it*_',
	'She \\*winks\\*',
	'A man [[tall?]] sits',
	'He /* once */ ran',
	'a < b & "c" > d',
	'两座大山挡在村口',
	'愚公看着《山》，叹了口气',
	'Café – naïve ’quote’',
	'𠮷野家 🦊',
	'1 + 1 = 2',
	'{}<tag>',
);
const line = fc.array(words, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join(' ')}.`);
const lines = fc.array(line, { minLength: 1, maxLength: 3 }).map((all) => all.join('\n'));
const name = fc.constantFrom('ANNA', 'OLD MAN', '@McAvoy', '@愚公', 'DR. WHO', '@ 智叟');
const extension = fc.constantFrom('', ' (V.O.)', ' (CONT’D)', ' (画外音)');
const heading = fc.constantFrom(
	'INT. BARN - NIGHT',
	'EXT. SEA - DAY #12A#',
	'.ROOFTOPS',
	'.OUTSIDE #3#',
	'内景 客厅 夜',
	'第3场 村口 日 外',
	'I/E CAR – DUSK [[check]]',
	'场景一：愚公家 夜',
);
const said = fc.oneof(
	lines,
	fc.tuple(line, line).map(([a, b]) => `${a}\n(beat)\n${b}`),
	line.map((text) => `（低声）\n${text}`),
	line.map((text) => `${text}\n  \nAnd on.`),
);
const speech = fc.tuple(name, extension, said).map(([who, how, what]) => `${who}${how}\n${what}`);
const block = fc.oneof(
	{ weight: 3, arbitrary: heading },
	{ weight: 4, arbitrary: lines },
	{ weight: 4, arbitrary: speech },
	fc.tuple(speech, speech).map(([a, b]) => `${a}\n\n${b.replace('\n', ' ^\n')}`),
	fc.constantFrom('CUT TO:', '> Smash cut', '> Slow _fade_', '叠化：', 'FADE OUT.'),
	line.map((text) => `> ${text} <`),
	line.map((text) => `!${text}`),
	fc.constantFrom('!INT. NOT A HEADING', '!CUT TO:\nand then', '!ANNA\nwaits', '!# no section', '!愚公：不是对白'),
	fc
		.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom('Act', 'Sequence two', '第一幕'))
		.map(([depth, text]) => `${'#'.repeat(depth)} ${text}`),
	fc.constantFrom('= What happens', '= 发生了什么', '第二幕'),
	fc.constantFrom('[[A note]]', '[[See to\nthis]]', '[[一]] [[二]]', '[[ wide ]]'),
	fc.constantFrom('/* cut\n\nall this */', '/* a */ /* b */', 'Before /* over\n\nlines */'),
	fc.constantFrom('~La la\n~la', '~啦啦'),
	fc.constantFrom('===', '=====', '\n\n'),
	fc.constantFrom('智叟（大笑）：你太傻了！\n妻子：不行。', '△ 两人对视。\n△ 山风起。', '老船长\n风要来了。'),
	fc.constantFrom('CLOSE ON: a hand', 'A man [[tall\nor short]] sits.', 'SOMEBODY ELSE\n[[why?]]\nsits'),
);
const title = fc.constantFrom(
	'',
	'Title: The Fox\n\n',
	'Title:\n    _**THE FOX**_\n    and the Crow\nCredit: written by\nAuthor: Aesop\nDraft date: 2026\nContact:\n    1 Road\n    Town\n\n',
	'片名：愚公移山\n编剧：列子\n版权：公有\n\n',
	'Title: X\nSource: a fable\nCopyright: none\nNotes: blue\nRevision: 3\n\n',
);

/** Any Fountain script, with every kind of element, in English and Chinese. */
export const anyScript = fc
	.tuple(title, fc.array(block, { minLength: 1, maxLength: 14 }))
	.map(([page, blocks]) => page + blocks.join('\n\n') + '\n');

/** What two scripts must share to be the same script: each element's type, words and marks, and the title page. */
export function elementsOf(text: string): unknown {
	const script = parseFountain(text);
	return {
		titlePage: script.titlePage,
		elements: script.elements
			.filter(({ type }) => type !== 'title-page')
			.map(({ type, text: said, sceneNumber, extension, dual, depth }) => ({
				type,
				text: said.replace(/\s+/g, ' ').trim(),
				sceneNumber,
				extension,
				dual,
				depth,
			})),
	};
}
