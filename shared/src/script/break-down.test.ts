import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShotContent } from '../board/shot.ts';
import { breakDown, charactersOf } from './break-down.ts';
import type { ProposedShot } from './break-down.ts';

const fps = 24;
const sample = (name: string): string =>
	readFileSync(new URL(`../../defaults/samples/${name}.fountain`, import.meta.url), 'utf8');
const shotsOf = (text: string): ProposedShot[] => breakDown(text, { fps }).flatMap((scene) => scene.shots);
const scene = (words: string): string => `INT. HALL - DAY\n\nA wide old hall with pillars.\n\n${words}\n`;

describe('breaking a script down', () => {
	it.each([
		['the-little-match-girl', 8, 25, 31],
		['yugong-yishan', 7, 18, 22],
	] as const)('gives %s a film of sensible length', (name, scenes, fewest, most) => {
		const text = sample(name);
		const proposal = breakDown(text, { fps });
		expect(proposal).toHaveLength(scenes);
		const shots = proposal.flatMap(({ shots: own }) => own);
		expect(shots.length).toBeGreaterThanOrEqual(fewest);
		expect(shots.length).toBeLessThanOrEqual(most);
		for (const { content } of shots) {
			expect(() => ShotContent.parse(content)).not.toThrow();
			expect(content.durationFrames).toBeGreaterThanOrEqual(2 * fps);
			expect(content.durationFrames).toBeLessThanOrEqual(8 * fps);
			expect(content.action.includes('THE END') || content.action.includes('剧终')).toBe(false);
		}
	});
	it('opens every new place wide', () => {
		const seen = new Set<string>();
		for (const { shots } of [
			...breakDown(sample('the-little-match-girl'), { fps }),
			...breakDown(sample('yugong-yishan'), { fps }),
		]) {
			const [opening] = shots;
			if (opening && !seen.has(opening.content.place)) expect(['WS', 'EWS']).toContain(opening.content.size);
			if (opening) seen.add(opening.content.place);
		}
	});
	it('knows people by capitals in the middle of a sentence, and sounds apart from them', () => {
		const [first, second] = shotsOf('EXT. STREET - DAY\n\nTOM gives ANNA a parcel.\n\nThe door slams SHUT.\n');
		expect(first?.content.characters).toEqual(['TOM', 'ANNA']);
		expect(second?.content.characters ?? []).not.toContain('SHUT');
	});
	it('finds who is seen by name, by pronoun and as a pair', () => {
		const shots = shotsOf(sample('the-little-match-girl'));
		const by = (words: string): string[] | undefined =>
			shots.find(({ content }) => content.action.includes(words))?.content.characters;
		expect(by('She watches')).toEqual(['GIRL']);
		expect(by('The girl sits')).toEqual(['GIRL']);
		expect(by('two of them rise')).toEqual(['GIRL', 'GRANDMOTHER']);
		expect(
			shotsOf(sample('yugong-yishan')).find(({ content }) => content.action.includes('众人笑'))?.content.characters,
		).toEqual(['愚公', '妻子', '孙儿']);
	});
	it('lets the directions of the writer win', () => {
		const framed = (words: string): unknown => shotsOf(scene(words)).at(-1)?.content;
		expect(framed('CLOSE ON her fingers.')).toMatchObject({ size: 'CU', action: 'Her fingers.' });
		expect(framed('LOW ANGLE: the tower.')).toMatchObject({ angle: 'low' });
		expect(framed('POV through the keyhole.')).toMatchObject({ angle: 'POV' });
		expect(framed('特写：一只手。')).toMatchObject({ size: 'CU', action: '一只手。' });
		expect(framed('俯拍，镜头缓缓推近愚公。')).toMatchObject({ angle: 'high', move: 'push in' });
		expect(framed('全景，镜头拉远。')).toMatchObject({ size: 'FS', move: 'pull out' });
	});
	it('goes over the shoulder when two people speak in turn', () => {
		const shots = shotsOf(
			scene('ANNA\nWhere have you been all this long night?\n\nBEN\nOut on the ice, looking for the dog again.'),
		);
		expect(shots.map(({ content }) => content.angle)).toEqual(['eye', 'eye', 'OTS']);
		expect(shots[2]?.content.characters).toEqual(['BEN', 'ANNA']);
	});
	it('puts the transitions of the script on the shot before them', () => {
		const shots = shotsOf(sample('the-little-match-girl'));
		expect(shots.filter(({ content }) => content.transition === 'dissolve')).toHaveLength(2);
		expect(shots.at(-1)?.content.transition).toBe('fade');
		expect(shotsOf('内景 屋 夜\n\n愚公坐着。\n\n叠化：\n\n外景 山 日\n\n他走了。')[0]?.content.transition).toBe(
			'dissolve',
		);
	});
	it('cuts a long speech into several shots and keeps every word', () => {
		const words = 'I have walked this road for forty years and never once turned back to look at it. '.repeat(3).trim();
		const spoken = shotsOf(scene(`ANNA\n${words}`)).flatMap(({ content }) => content.dialogue.map(({ text }) => text));
		expect(spoken).toHaveLength(3);
		expect(spoken.join(' ')).toBe(words);
	});
	it('works on prose without a heading', () => {
		const [only, ...rest] = breakDown('The fox looks up at the grapes. He jumps.\n\nHe walks away.', { fps });
		expect(rest).toEqual([]);
		expect(only).toMatchObject({ heading: '', headingStart: 0, headingEnd: 0 });
		expect(only?.shots.length).toBeGreaterThan(0);
	});
	it('gives shots in text order with words in each, whatever the text', () => {
		const words = fc.constantFrom(
			'INT. A - DAY',
			'GIRL',
			'She runs. He sits! What?',
			'',
			'',
			'[[x]]',
			'/* y */',
			'@愚公',
			'愚公：你好',
			'（笑）',
			'内景 屋 夜',
			'CUT TO:',
			'> X <',
			'***',
			'众人跑。星河倒悬。',
		);
		const script = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 200 }),
			fc.array(words, { maxLength: 25 }).map((lines) => lines.join('\n')),
		);
		fc.assert(
			fc.property(script, (text) => {
				let at = 0;
				for (const { start, end, content } of shotsOf(text)) {
					expect(start).toBeGreaterThanOrEqual(at);
					expect(end).toBeGreaterThan(start);
					expect(end).toBeLessThanOrEqual(text.length);
					expect(content.action !== '' || content.dialogue.some((line) => line.text !== '')).toBe(true);
					expect(() => ShotContent.parse(content)).not.toThrow();
					at = end;
				}
			}),
			{ numRuns: 400 },
		);
	});
});

describe('a text made to hold the server up', () => {
	// Reading runs between everybody else's requests: four times the text may take four times the time, not sixteen. What takes next to nothing is not compared.
	const leastMs = 20;
	const quick = (textOf: (share: number) => string): void => {
		for (const read of [(text: string) => breakDown(text, { fps }), charactersOf]) {
			const [quarter, whole] = [textOf(0.25), textOf(1)].map((text) => {
				const times = [1, 2].map(() => {
					const began = performance.now();
					read(text);
					return performance.now() - began;
				});
				return Math.min(...times);
			});
			expect((whole ?? 0) / Math.max(leastMs, quarter ?? 0), textOf(1).slice(0, 40)).toBeLessThan(10);
		}
	};
	const length = 100_000;

	it.each([' ', '\t', '\u3000', '*', '_', '(', '（', '[[', '/*', 'A', 'a', '他', 'A-', '-', '.', '#', '：', '"', ', '])(
		'is read at once when it repeats %j',
		(part) => {
			const run = (share: number) => part.repeat((length * share) / part.length);
			const places = [
				['', ''],
				['a', 'b'],
				['他', '走'],
				['他（', '）：好'],
				['ANNA\n', ' b'],
				['ANNA (', ')\nhi'],
				['INT. ', ' - DAY\n\nx'],
				['[[ a\nx', 'b\n]]'],
				['> ', 'b <'],
				['Title: ', 'b'],
			];
			for (const [before = '', after = ''] of places) quick((share) => before + run(share) + after);
		},
	);

	it('is read at once when it names everybody once', () => {
		quick((share) => Array.from({ length: 20_000 * share }, (_, index) => `P${index}\nHi.\n`).join('\n'));
		quick((share) =>
			Array.from(
				{ length: 20_000 * share },
				(_, index) =>
					`The P${index
						.toString(26)
						.replace(/\d/g, (digit) => 'QRSTUVWXYZ'[Number(digit)] ?? '')
						.toUpperCase()} walks.`,
			).join(' '),
		);
	});
});

describe('describing the characters', () => {
	it('takes the words that introduce each one', () => {
		expect(charactersOf(sample('the-little-match-girl'))).toEqual([
			{
				name: 'GIRL',
				description:
					'A GIRL of eight, barefoot, walks against the crowd, an apron full of matches. Her breath is white.',
			},
			{ name: 'GENTLEMAN', description: 'A GENTLEMAN in a tall hat brushes past without looking down.' },
			{ name: 'GRANDMOTHER', description: 'GRANDMOTHER stands in it, old and shining, her hands open.' },
		]);
		expect(charactersOf(sample('yugong-yishan')).slice(0, 2)).toEqual([
			{ name: '愚公', description: '九十岁的愚公拄着锄头，望着山路。' },
			{ name: '妻子', description: '妻子缝着草鞋' },
		]);
	});
});
