import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
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

	const read = (shot: Partial<GenerationRequest['shot']>) =>
		readRequest(sampleRequest({ looks: [], shot: { characters: [], place: 'STREET', timeOfDay: 'day', ...shot } }));

	it.each([
		['CU', 'Her fingers. They shake.', 'hands'],
		['CU', 'The match goes out.', 'hands'],
		['ECU', 'A flame, bright as a sun.', 'hands'],
		['CU', 'She looks at her hands.', null],
		['WS', '锄头砸在石头上，火星四溅。', 'tool'],
		['ECU', 'An eye opens.', null],
	] as const)('frames a detail where the words ask for one: %s %s', (size, action, insert) =>
		expect(read({ size, action }).insert).toBe(insert),
	);

	it.each([
		['A horse gallops; a dog chases it.', ['dog', 'horse']],
		['A boat drifts past the cart.', ['cart', 'boat']],
		['老人牵着一头牛，狗跟在后面。', ['dog', 'ox']],
		['She catches the last scarf.', []],
	] as const)('sees the animals and vehicles of %s', (action, things) =>
		expect(read({ action }).things).toEqual(things),
	);

	it('draws an animal of the cast as one, not as a person', () => {
		const { cast, things } = read({ characters: ['WOLF', 'ANNA'], action: 'WOLF waits for ANNA.' });
		expect(cast.map(({ name }) => name)).toEqual(['ANNA']);
		expect(things).toEqual(['wolf']);
	});

	it('counts two of somebody who has no name', () => {
		const { cast } = read({ place: '太行山', action: '两个巨人背起大山。' });
		expect(cast.map(({ pose, design }) => [pose, design.age])).toEqual([
			['carry', 'giant'],
			['carry', 'giant'],
		]);
	});

	it('shows the sky of a walled place from its roofs, unless somebody stands there', () => {
		expect(read({ place: 'ALLEY', action: 'A star falls.' }).place).toBe('rooftops');
		expect(read({ place: 'ALLEY', characters: ['ANNA'], action: 'ANNA sees a star.' }).place).toBe('alley');
	});
});
