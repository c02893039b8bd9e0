import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** One paragraph of a Word document to be. */
export type AParagraph = {
	text: string;
	style?: string;
	/** Inches from the margin. */
	indent?: number;
	align?: 'center' | 'right';
	bold?: boolean;
	/** Raw XML in place of the words. */
	raw?: string;
};

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const paragraph = ({ text, style, indent, align, bold, raw }: AParagraph): string =>
	`<w:p><w:pPr>${style === undefined ? '' : `<w:pStyle w:val="${style.replace(/ /g, '')}"/>`}${
		indent === undefined ? '' : `<w:ind w:left="${Math.round(indent * 1440)}"/>`
	}${align === undefined ? '' : `<w:jc w:val="${align}"/>`}</w:pPr>${
		raw ?? `<w:r>${bold ? '<w:rPr><w:b/></w:rPr>' : ''}<w:t xml:space="preserve">${escape(text)}</w:t></w:r>`
	}</w:p>`;

const main = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';

/** The parts of a Word document with these paragraphs, by their names in the archive. */
export function docxParts(paragraphs: readonly AParagraph[], comments: readonly string[] = []): Record<string, string> {
	const styles = [...new Set(paragraphs.flatMap(({ style }) => style ?? []))];
	return {
		'[Content_Types].xml':
			'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>',
		'word/document.xml': `<?xml version="1.0" encoding="UTF-8"?><w:document ${main}><w:body>${paragraphs
			.map(paragraph)
			.join('')}<w:sectPr/></w:body></w:document>`,
		'word/styles.xml': `<?xml version="1.0"?><w:styles ${main}>${styles
			.map((name) => `<w:style w:styleId="${name.replace(/ /g, '')}"><w:name w:val="${name}"/></w:style>`)
			.join('')}</w:styles>`,
		'word/comments.xml': `<?xml version="1.0"?><w:comments ${main}>${comments
			.map((text, id) => `<w:comment w:id="${id}"><w:p><w:r><w:t>${escape(text)}</w:t></w:r></w:p></w:comment>`)
			.join('')}</w:comments>`,
	};
}

/** Packs files into a ZIP archive. */
export async function aZip(
	files: Record<string, string | Buffer>,
	options: { mode?: number; forceZip64Format?: boolean } = {},
): Promise<Uint8Array<ArrayBuffer>> {
	const zip = new ZipFile();
	for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name, options);
	zip.end();
	return new Uint8Array(await buffer(zip.outputStream as unknown as NodeJS.ReadableStream));
}

/** A Word document with these paragraphs. */
export const aDocx = (
	paragraphs: readonly AParagraph[],
	comments?: readonly string[],
): Promise<Uint8Array<ArrayBuffer>> => aZip(docxParts(paragraphs, comments));
