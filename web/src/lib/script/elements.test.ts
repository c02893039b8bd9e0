import { describe, expect, it } from 'vitest';
import { parseFountain } from '@reelroom/shared/script/fountain.ts';
import { bareWords, writeAs, writtenKinds } from './elements.ts';

describe('writing a line as an element', () => {
	it('sets a mark only where the words do not say it themselves', () => {
		expect(writeAs('scene-heading', 'int. barn - night')).toBe('INT. BARN - NIGHT');
		expect(writeAs('scene-heading', 'rooftops')).toBe('.ROOFTOPS');
		expect(writeAs('scene-heading', '内景 客厅 夜')).toBe('内景 客厅 夜');
		expect(writeAs('character', 'anna')).toBe('ANNA');
		expect(writeAs('character', '愚公')).toBe('@愚公');
		expect(writeAs('transition', 'cut to:')).toBe('CUT TO:');
		expect(writeAs('transition', 'later that day')).toBe('> LATER THAT DAY');
		expect(writeAs('action', 'She waits.')).toBe('She waits.');
		expect(writeAs('action', 'BOOM')).toBe('!BOOM');
		expect(writeAs('parenthetical', '低声')).toBe('（低声）');
	});
	it('is read back as that kind, and gives its words back bare', () => {
		for (const words of ['anna', '愚公', 'She waits.', 'INT. BARN - DAY', 'cut to:'])
			for (const kind of writtenKinds) {
				if (kind === 'page-break') continue;
				const line = writeAs(kind, words);
				const hangs = kind === 'parenthetical' || kind === 'dialogue' ? '@某人\n' : '';
				const follows = kind === 'character' ? '\nWords.' : '';
				const [first, second] = parseFountain(`x\n\n${hangs}${line}${follows}`).elements.slice(1);
				const read = hangs === '' ? first : second;
				const isHeading = words.startsWith('INT') && kind === 'dialogue';
				if (!isHeading) expect(read?.type, `${kind}: ${line}`).toBe(kind);
				expect(bareWords(line).toUpperCase()).toBe(words.toUpperCase());
			}
	});
});
