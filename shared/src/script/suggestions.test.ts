import { describe, expect, it } from 'vitest';
import { readBlocks } from './script-blocks.ts';
import { partsOfHeading, suggestionsFor } from './suggestions.ts';

describe('what a writer may want to write again', () => {
	it('names who is likely to answer first, then the rest of the scene, then everybody by how often', () => {
		const text =
			'INT. A - DAY\n\nZOE\nHi.\n\nZOE\nHi.\n\nYAN\nHi.\n\nINT. B - NIGHT\n\nANNA\nYes?\n\nBEN\nNo.\n\nCLEO\nWhy?\n\nBEN\nBecause.\n\n';
		expect(suggestionsFor(readBlocks(text), text.length).name).toEqual(['CLEO', 'ANNA', 'BEN', 'ZOE', 'YAN']);
	});
	it('leaves out what is just being written', () => {
		const text = 'ANNA\nYes.\n\nAN\nx';
		expect(suggestionsFor(readBlocks(text), text.length - 2).name).toEqual(['ANNA']);
	});
	it('knows places, times and transitions of both languages', () => {
		const text = 'INT. KITCHEN - NIGHT\n\n内景 愚公家 夜\n\n外景。村口。黎明\n\nCUT TO:\n\n第3场 山脚 日 外\n\n';
		const { place, time, transition } = suggestionsFor(readBlocks(text), text.length);
		expect(new Set(place)).toEqual(new Set(['KITCHEN', '愚公家', '村口', '山脚']));
		expect(new Set(time)).toEqual(new Set(['NIGHT', '夜', '黎明', '日']));
		expect(transition).toEqual(['CUT TO:']);
	});
	it('takes place and time of a heading apart', () => {
		expect(partsOfHeading('EXT. OLD MILL - LATE AFTERNOON')).toEqual({ place: 'OLD MILL', time: 'LATE AFTERNOON' });
		expect(partsOfHeading('内景 客厅 - 夜')).toEqual({ place: '客厅', time: '夜' });
		expect(partsOfHeading('INT. CAR')).toEqual({ place: 'CAR', time: '' });
	});
});
