import { describe, expect, it } from 'vitest';
import { readColours, readPlace, readRequest } from './read.ts';
import { sampleRequest } from './request.testing.ts';

describe('reading a shot', () => {
	it.each([
		['MARKET STREET', false, 'street'],
		['ALLEY CORNER', false, 'alley'],
		['VISION OF THE STOVE', true, 'stove'],
		['VISION OF THE FEAST', true, 'feast'],
		['ROOFTOPS', false, 'rooftops'],
		['FOREST', false, 'forest'],
		['RIVER BEND', false, 'river'],
		['PALACE', false, 'palace'],
		['TEMPLE', false, 'temple'],
		['MOUNTAIN PASS', false, 'mountain'],
		['VILLAGE', false, 'village'],
		['COURTYARD', false, 'courtyard'],
		['KITCHEN', true, 'room'],
		['太行山脚', false, 'village'],
		['愚公家堂屋', true, 'hall'],
		['山坡', false, 'hillside'],
		['河湾', false, 'river'],
		['天宫', false, 'heaven'],
		['太行山', false, 'mountain'],
		['竹林', false, 'forest'],
		['寺庙', false, 'temple'],
		['皇宫', false, 'palace'],
		['院子', false, 'courtyard'],
		['街道', false, 'street'],
	] as const)('knows the place %s', (place, interior, kind) => expect(readPlace(place, '', interior)).toBe(kind));

	it.each([
		['清晨', 'dawn'],
		['夜', 'night'],
		['黄昏', 'dusk'],
		['日', 'day'],
	])('knows the time %s when the heading did not', (word, daylight) => {
		expect(
			readRequest(sampleRequest({ shot: { timeOfDay: 'unknown', place: `河湾 ${word}`, action: '愚公走。' } }))
				.daylight,
		).toBe(daylight);
	});

	it('gives each character its own verb', () => {
		const { cast } = readRequest(
			sampleRequest({
				looks: [],
				shot: { place: '堂屋', interior: true, characters: ['孙儿', '妻子'], action: '孙儿抱着竹筐，妻子缝着草鞋。' },
			}),
		);
		expect(cast.map(({ pose, props }) => [pose, props])).toEqual([
			['stand', ['basket']],
			['sew', []],
		]);
	});

	it('keeps a character the same in every shot', () => {
		const look = [{ name: '愚公', description: '九十岁的老人，白胡子，红衣' }];
		const [first, second] = ['愚公走。', '愚公坐在河边。'].map(
			(action) =>
				readRequest(sampleRequest({ looks: look, shot: { place: '河湾', characters: ['愚公'], action } })).cast[0]
					?.design,
		);
		expect(first).toEqual(second);
		expect(first).toMatchObject({ age: 'elder', beard: true, main: '#a63a32' });
	});

	it('reads clothes and hair apart', () => {
		expect(readColours('a red coat, white hair')).toEqual({ clothes: '#a63a32', hair: '#ece6da' });
		expect(readColours('蓝衣，黑发')).toEqual({ clothes: '#3d5f94', hair: '#2b2a2e' });
	});
});
