import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { decodeScript, decodeText } from './decode.ts';

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
	it.each([
		[
			'gb18030',
			'内景 客厅 夜\n\n老人坐在灯下，看着窗外的雨。\n\n@老人\n你来了，我等你很久了。\n',
			'xNq+sCC/zcz8INK5CgrAz8jL1/jU2rXGz8KjrL+018W0sM3itcTT6qGjCgpAwM/IywrE48C0wcujrM7StcjE47rcvsPBy6GjCg==',
		],
		[
			'big5',
			'內景 客廳 夜\n\n老人坐在燈下，看著窗外的雨。\n\n@老人\n你來了，我等你很久了。\n',
			'pLq0uiCryMZVIKldCgqm0aRIp6SmYr9PpFWhQazdtdu1oaV+qrqrQqFDCgpAptGkSAqnQajTpEahQafataWnQavcpFukRqFDCg==',
		],
		[
			'shift_jis',
			'○居間・夜\n\n老人が灯りの下に座って、窓の外の雨を見ている。\n\n老人「来たのか。ずっと待っていたよ」\n',
			'gZuLj4rUgUWW6QoKmFaQbIKqk5SC6ILMibqCyY3AgsGCxIFBkYuCzIpPgsyJSoLwjKmCxIKigumBQgoKmFaQbIF1l4iCvYLMgqmBQoK4gsGCxpHSgsGCxIKigr2C5oF2Cg==',
		],
		[
			'euc-kr',
			'S#1. 거실 - 밤\n\n노인이 불빛 아래 앉아서 창밖의 비를 보고 있다.\n\n노인: 왔구나. 오래 기다렸다.\n',
			'UyMxLiCwxb3HIC0gueMKCrPrwM7AzCC60rr7IL7Gt6Egvsm+xrytIMOiudvAxyC68bimILq4sO0gwNa02S4KCrPrwM46IL/Usbizqi4gv8C3oSCx4rTZt8i02S4K',
		],
		[
			'windows-1252',
			'INT. CAFÉ - NIGHT\n\nShe’s late. The café is “closed”.\n',
			'SU5ULiBDQUbJIC0gTklHSFQKClNoZZJzIGxhdGUuIFRoZSBjYWbpIGlzIJNjbG9zZWSULgo=',
		],
	])('tells %s by its words', (encoding, text, base64) => {
		const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
		expect(decodeText(bytes)).toEqual({ text, encoding });
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
