import { limits } from '../limits.ts';
import { Problem } from '../problem.ts';
import { decodeText } from './decode.ts';
import { formatFountain } from './format-fountain.ts';
import { parseMarkdown } from './markdown.ts';
import { parseFdx } from './parse-fdx.ts';
import { fountainOfText } from './plain-text.ts';
import type { ScriptFileKind } from './script-file-kinds.ts';

/** What was read from a file: Fountain, and how the file held it. */
export type ScriptFile = {
	text: string;
	kind: ScriptFileKind;
	/** As browsers name it; null where the kind of file says it. */
	encoding: string | null;
};

const starts = (bytes: Uint8Array, ...magic: number[]): boolean => magic.every((byte, at) => bytes[at] === byte);

/** What the first bytes of a file say it is; a name says nothing here. */
export function containerOf(bytes: Uint8Array): 'zip' | 'pdf' | 'text' {
	if (starts(bytes, 0x50, 0x4b)) return 'zip';
	if (starts(bytes, 0x25, 0x50, 0x44, 0x46)) return 'pdf';
	if (starts(bytes, 0xd0, 0xcf, 0x11, 0xe0))
		throw new Problem('not-a-script', 'This is a document of old Word (.doc). Save it as .docx and try again.');
	if (starts(bytes, 0x7b, 0x5c, 0x72, 0x74, 0x66))
		throw new Problem('not-a-script', 'This is a rich text file (.rtf). Save it as .docx or plain text and try again.');
	return 'text';
}

const extensionOf = (name: string): string => /\.([a-z0-9]{1,10})$/i.exec(name)?.[1]?.toLowerCase() ?? '';

/** Reads a file of text — Fountain, FDX, Markdown or plain — told by what it holds, and by its name only where text is text. */
export function readTextFile(bytes: Uint8Array, name: string): ScriptFile {
	const { text, encoding } = decodeText(bytes, limits.scriptFileBytes);
	if (/^\s*<(?:\?xml|FinalDraft)\b/.test(text)) return { text: formatFountain(parseFdx(text)), kind: 'fdx', encoding };
	if (/^\s*<(?:!doctype|html)\b/i.test(text))
		throw new Problem('not-a-script', 'This is a web page. Copy its words into a text file and try again.');
	if (bytes.length > limits.scriptBytes)
		throw new Problem('not-a-script', `A script may have up to ${limits.scriptBytes} bytes.`);
	switch (extensionOf(name)) {
		case 'md':
		case 'markdown':
			return { text: formatFountain(parseMarkdown(text)), kind: 'markdown', encoding };
		case 'txt':
		case 'text': {
			const fountain = fountainOfText(text);
			return { text: fountain, kind: fountain === text ? 'fountain' : 'plain-text', encoding };
		}
		default:
			return { text, kind: 'fountain', encoding };
	}
}
