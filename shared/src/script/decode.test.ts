import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { decodeScript } from './decode.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string, littleEndian: boolean): Uint8Array => {
	const view = new DataView(new ArrayBuffer(text.length * 2));
	for (let index = 0; index < text.length; index += 1) view.setUint16(index * 2, text.charCodeAt(index), littleEndian);
	return new Uint8Array(view.buffer);
};
const story = 'INT. 堂屋 - NIGHT\n\n愚公坐着。\n';

describe('decoding a script', () => {
	it('reads UTF-8 and UTF-16 with and without a mark', () => {
		for (const text of [story, `\ufeff${story}`]) {
			expect(decodeScript(utf8(text))).toBe(story);
			expect(decodeScript(utf16(text, true))).toBe(story);
			expect(decodeScript(utf16(text, false))).toBe(story);
		}
	});
	it('reads GBK', () => {
		// 愚公移山。 in GBK
		expect(
			decodeScript(Uint8Array.from([0xd3, 0xde, 0xb9, 0xab, 0xd2, 0xc6, 0xc9, 0xbd, 0xa1, 0xa3, 0x0d, 0x0a])),
		).toBe('愚公移山。\n');
	});
	it('turns every newline into one kind', () => {
		expect(decodeScript(utf8('a\r\nb\rc\nd'))).toBe('a\nb\nc\nd');
	});
	it('refuses binary, broken and oversized files', () => {
		const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 1, 0]);
		for (const bytes of [
			png,
			Uint8Array.from([0x80, 0xff, 0xff]),
			utf8('a\u0000b'),
			utf8('\u0001\u0002\u0003'),
			new Uint8Array(limits.scriptBytes + 1).fill(97),
		])
			expect(() => decodeScript(bytes)).toThrow(expect.objectContaining({ code: 'not-a-script' }));
	});
	it('gives text or the problem, never another failure', () => {
		fc.assert(
			fc.property(fc.uint8Array(), (bytes) => {
				try {
					expect(decodeScript(bytes)).not.toContain('\r');
				} catch (error) {
					expect(error).toMatchObject({ code: 'not-a-script' });
				}
			}),
		);
	});
});
