import { inflateSync } from 'node:zlib';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { decodeText } from '@reelroom/shared/script/decode.ts';
import { fountainOfDocx } from '@reelroom/shared/script/docx.ts';
import { containerOf, readTextFile, type ScriptFile } from '@reelroom/shared/script/script-file.ts';
import { openZip } from './unzip.ts';

async function readDocx(bytes: Uint8Array): Promise<string> {
	const zip = await openZip(bytes, limits.unpackedBytes);
	try {
		const main = zip.names.find((name) => /^word\/document\d*\.xml$/.test(name));
		if (main === undefined)
			throw new Problem('not-a-script', 'The file is a ZIP archive, but no Word document (.docx).');
		const read = async (name: string): Promise<string | null> => {
			const part = await zip.read(name);
			return part === null ? null : decodeText(part, limits.unpackedBytes).text;
		};
		return fountainOfDocx({
			document: (await read(main)) ?? '',
			styles: await read('word/styles.xml'),
			comments: await read('word/comments.xml'),
		});
	} finally {
		zip.close();
	}
}

/** How many mentions of an attachment are looked at, and how far round each; our own PDF has two, a hostile one may have a million. */
const pdfMentions = { most: 100, reachBytes: 4096 };

/** The Fountain source that our own PDF carries as an attachment; other PDFs hold pages and no script. */
function readPdf(bytes: Uint8Array): string {
	const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	for (
		let at = 0, seen = 0;
		seen < pdfMentions.most && (at = file.indexOf('/EmbeddedFile', at)) >= 0;
		at += 1, seen++
	) {
		const first = Math.max(0, at - pdfMentions.reachBytes);
		const around = file.toString('latin1', first, at + pdfMentions.reachBytes);
		const begin = around.lastIndexOf(' obj', at - first);
		const behind = around.indexOf('stream', at - first);
		if (begin < 0 || behind < 0) continue;
		const dictionary = around.slice(begin, behind);
		const stream = first + behind;
		const start = stream + (file[stream + 6] === 13 ? 8 : 7);
		const end = file.indexOf('endstream', start);
		if (end < 0 || !/text#2F(?:x-)?fountain/i.test(dictionary)) continue;
		const length = Number(/\/Length (\d+)(?! \d+ R)/.exec(dictionary)?.[1] ?? end - start);
		const packed = file.subarray(start, start + length);
		try {
			const text = /FlateDecode/.test(dictionary)
				? inflateSync(packed, { maxOutputLength: limits.scriptBytes * 2 })
				: packed;
			return decodeText(text).text;
		} catch (error) {
			throw new Problem('not-a-script', 'The script within this PDF is damaged.', { cause: error });
		}
	}
	throw new Problem(
		'not-a-script',
		'A PDF holds pages, not a script; only those exported here carry one. Use Fountain, FDX or DOCX.',
	);
}

/** Reads the bytes of a script file of any kind into Fountain; whatever is damaged, hostile or of another kind is a problem. */
export async function readScriptFile(bytes: Uint8Array, name: string): Promise<ScriptFile> {
	const file = await read(bytes, name);
	// An upload that was cut off must not wipe what is there.
	if (file.text.trim() === '') throw new Problem('not-a-script', 'The file is empty');
	if (Buffer.byteLength(file.text) > limits.scriptBytes)
		throw new Problem('too-large', `A script may have up to ${limits.scriptBytes} bytes`);
	return file;
}

async function read(bytes: Uint8Array, name: string): Promise<ScriptFile> {
	switch (containerOf(bytes)) {
		case 'zip':
			return { text: await readDocx(bytes), kind: 'docx', encoding: null };
		case 'pdf':
			return { text: readPdf(bytes), kind: 'pdf', encoding: null };
		case 'text':
			return readTextFile(bytes, name);
	}
}
