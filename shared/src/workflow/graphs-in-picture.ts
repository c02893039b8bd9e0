/** The parts of the platform used here; browsers and Node both have them, this package's types have neither. */
declare const TextDecoder: new (encoding: string) => { decode(bytes: Uint8Array): string };
const utf8 = (bytes: Uint8Array): string => new TextDecoder('utf-8').decode(bytes);
/** Latin letters, one for each byte. */
const plain = (bytes: Uint8Array): string => {
	let text = '';
	for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
	return text;
};

type Words = { key: string; text: string };
const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
/** More of anything in one file is none that anybody made. */
const mostParts = 10_000;

/** The words that a PNG carries, packed ones aside: ComfyUI packs none. */
function inPng(bytes: Uint8Array): Words[] {
	const found: Words[] = [];
	const data = view(bytes);
	for (let at = 8, parts = 0; at + 8 <= bytes.length && parts < mostParts; parts++) {
		const length = data.getUint32(at);
		const kind = plain(bytes.subarray(at + 4, at + 8));
		const part = bytes.subarray(at + 8, Math.min(bytes.length, at + 8 + length));
		const end = part.indexOf(0);
		if (kind === 'tEXt' && end > 0)
			found.push({ key: plain(part.subarray(0, end)), text: plain(part.subarray(end + 1)) });
		if (kind === 'iTXt' && end > 0 && part[end + 1] === 0) {
			const language = part.indexOf(0, end + 3);
			const translated = language < 0 ? -1 : part.indexOf(0, language + 1);
			if (translated > 0) found.push({ key: plain(part.subarray(0, end)), text: utf8(part.subarray(translated + 1)) });
		}
		at += 12 + length;
	}
	return found;
}

/** Texts of an Exif block. */
function inExif(block: Uint8Array): Words[] {
	const bytes = plain(block.subarray(0, 6)) === 'Exif\0\0' ? block.subarray(6) : block;
	if (bytes.length < 8) return [];
	const isLittle = bytes[0] === 0x49;
	const data = view(bytes);
	const found: Words[] = [];
	const readFolder = (at: number, depth: number): void => {
		if (at <= 0 || at + 2 > bytes.length || depth > 2) return;
		const count = Math.min(data.getUint16(at, isLittle), 1000);
		for (let entry = at + 2, n = 0; n < count && entry + 12 <= bytes.length; n++, entry += 12) {
			const tag = data.getUint16(entry, isLittle);
			const type = data.getUint16(entry + 2, isLittle);
			const length = data.getUint32(entry + 4, isLittle);
			if (tag === 0x8769) readFolder(data.getUint32(entry + 8, isLittle), depth + 1);
			// Letters, and bytes of no said kind.
			if (type !== 2 && type !== 7) continue;
			const from = length <= 4 ? entry + 8 : data.getUint32(entry + 8, isLittle);
			if (from + length > bytes.length) continue;
			const text = textOf(bytes.subarray(from, from + length), isLittle);
			const [, key = '', rest = text] = /^\s*(prompt|workflow)\s*:\s*([\s\S]*)$/i.exec(text) ?? [];
			found.push({ key: key.toLowerCase(), text: rest });
		}
	};
	readFolder(data.getUint32(4, isLittle), 0);
	return found;
}
/** A comment says in its first eight bytes how it is written. */
function textOf(bytes: Uint8Array, isLittle: boolean): string {
	const mark = plain(bytes.subarray(0, 8));
	const text =
		mark === 'UNICODE\0'
			? new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be').decode(bytes.subarray(8))
			: utf8(/^(ASCII|JIS)\0/.test(mark) ? bytes.subarray(8) : bytes);
	return text.replace(/\0+$/, '');
}

function inWebp(bytes: Uint8Array): Words[] {
	const data = view(bytes);
	for (let at = 12, parts = 0; at + 8 <= bytes.length && parts < mostParts; parts++) {
		const length = data.getUint32(at + 4, true);
		if (plain(bytes.subarray(at, at + 4)) === 'EXIF') return inExif(bytes.subarray(at + 8, at + 8 + length));
		at += 8 + length + (length % 2);
	}
	return [];
}
function inJpeg(bytes: Uint8Array): Words[] {
	const data = view(bytes);
	const found: Words[] = [];
	for (let at = 2, parts = 0; at + 4 <= bytes.length && bytes[at] === 0xff && parts < mostParts; parts++) {
		const marker = bytes[at + 1];
		// From here on there is the picture itself.
		if (marker === 0xda) break;
		const length = data.getUint16(at + 2);
		const part = bytes.subarray(at + 4, at + 2 + length);
		if (marker === 0xe1 && plain(part.subarray(0, 6)) === 'Exif\0\0') found.push(...inExif(part));
		at += 2 + length;
	}
	return found;
}

/**
 * The graphs that ComfyUI has written into a picture (PNG, WebP, JPEG), as text: first what was sent to the server, which says exactly what was made, then
 * what the editor had open. None for a picture without.
 */
export function graphsInPicture(bytes: Uint8Array, kind: 'png' | 'webp' | 'jpeg'): string[] {
	const words = { png: inPng, webp: inWebp, jpeg: inJpeg }[kind](bytes).filter(({ text }) => /^\s*\{/.test(text));
	const of = (name: string): string[] => words.flatMap(({ key, text }) => (key.toLowerCase() === name ? [text] : []));
	return [...of('prompt'), ...of('workflow'), ...of('')];
}
