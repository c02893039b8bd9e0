import { limits } from '../limits.ts';
import { Problem } from '../problem.ts';
import type { Encoding } from './encoding.ts';
import { legacyEncodings } from './legacy-encodings.ts';

/** The part of the platform's TextDecoder used here; browsers and Node both have it, this package's types have neither. */
type Decoder = { decode(bytes: Uint8Array): string };
declare const TextDecoder: new (encoding: string, options: { fatal: boolean }) => Decoder;

/** Finds UTF-16 without a mark: Latin letters leave a zero in every second byte, and only there. */
function zeroPattern(bytes: Uint8Array): Encoding | null {
	const sample = bytes.subarray(0, 4096);
	let even = 0;
	let odd = 0;
	for (const [index, byte] of sample.entries()) {
		if (byte !== 0) continue;
		if (index % 2 === 0) even += 1;
		else odd += 1;
	}
	// A run of Chinese has no zero bytes, its spaces and newlines do; two of them all on one side are a pattern.
	if (even + odd < 2 || bytes.length % 2 !== 0) return null;
	if (even === 0) return 'utf-16le';
	return odd === 0 ? 'utf-16be' : null;
}

function decodeAs(encoding: Encoding, bytes: Uint8Array): string | null {
	try {
		return new TextDecoder(encoding, { fatal: true }).decode(bytes);
	} catch {
		return null; // not this encoding: the caller tries the next one
	}
}

function candidatesFor(bytes: Uint8Array): Encoding[] {
	const [first, second, third] = bytes;
	if (first === 0xff && second === 0xfe) return ['utf-16le'];
	if (first === 0xfe && second === 0xff) return ['utf-16be'];
	if (first === 0xef && second === 0xbb && third === 0xbf) return ['utf-8'];
	const pattern = zeroPattern(bytes);
	return pattern ? [pattern] : ['utf-8', ...legacyEncodings(bytes, decodeAs)];
}

/** A tab, a newline and a form feed belong to text; other control characters in number mean the file is none. */
function isText(text: string): boolean {
	let controls = 0;
	for (let index = 0; index < text.length; index += 1) {
		const code = text.charCodeAt(index);
		if (code === 0 || code === 0xfffe || code === 0xffff) return false;
		if ((code < 32 && code !== 9 && code !== 10 && code !== 12 && code !== 13) || (code >= 127 && code < 160))
			controls += 1;
	}
	return controls <= Math.floor(text.length / 100);
}

/** Reads the bytes of a text in whichever common encoding they are, with every newline as `\n`, and tells which one it was. */
export function decodeText(
	bytes: Uint8Array,
	limitBytes: number = limits.scriptBytes,
): { text: string; encoding: Encoding } {
	if (bytes.length > limitBytes) throw new Problem('not-a-script', `A script may have up to ${limitBytes} bytes.`);
	for (const encoding of candidatesFor(bytes)) {
		const text = decodeAs(encoding, bytes);
		if (text === null) continue;
		if (!isText(text)) break;
		return { text: text.replace(/^\ufeff/, '').replace(/\r\n?|\u2028|\u2029|\u0085/g, '\n'), encoding };
	}
	throw new Problem(
		'not-a-script',
		'The file is binary, or its encoding is not UTF-8, UTF-16, GB18030, Big5, Shift_JIS or EUC-KR.',
	);
}

/** Reads the bytes of a script in whichever common encoding they are. */
export const decodeScript = (bytes: Uint8Array): string => decodeText(bytes).text;
