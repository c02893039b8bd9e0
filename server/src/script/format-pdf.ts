import { fileURLToPath } from 'node:url';
import PDFDocument from 'pdfkit';
import type { Paper } from '@reelroom/shared/script/api.ts';
import { parseInline, plainRun, type InlineRun } from '@reelroom/shared/script/inline.ts';
import { readParts, type ScriptParts } from '@reelroom/shared/script/paragraphs.ts';
import { breakLines, cellsOf, widthOfLine, type Cell, type WidthOf } from './break-lines.ts';
import { paginate } from './paginate.ts';
import { columnsOf, margins, setBlocks, type PageShape, type SetLine } from './set-blocks.ts';

const sizePt = 12;
const columnPt = 7.2;
const papers: Record<Paper, { width: number; height: number; name: 'A4' | 'LETTER' }> = {
	a4: { width: 595.28, height: 841.89, name: 'A4' },
	letter: { width: 612, height: 792, name: 'LETTER' },
};
/** Signs that Courier Prime has; everything else is set in Noto Sans SC. */
const courier =
	/^[\u0020-\u007e\u00a0-\u017f\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]$/;
const file = (path: string): string => fileURLToPath(import.meta.resolve(`@expo-google-fonts/${path}`));
const fonts: Record<string, string> = {
	Courier: 'courier-prime/400Regular/CourierPrime_400Regular.ttf',
	'Courier-italic': 'courier-prime/400Regular_Italic/CourierPrime_400Regular_Italic.ttf',
	'Courier-bold': 'courier-prime/700Bold/CourierPrime_700Bold.ttf',
	'Courier-bold-italic': 'courier-prime/700Bold_Italic/CourierPrime_700Bold_Italic.ttf',
	Noto: 'noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
	'Noto-bold': 'noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
};
const fontOf = ({ text, bold, italic, chinese }: Cell): string =>
	courier.test(text) && !chinese
		? `Courier${bold ? '-bold' : ''}${italic ? '-italic' : ''}`
		: `Noto${bold ? '-bold' : ''}`;

type Glyphs = { hasGlyphForCodePoint(code: number): boolean };

/** Sets lines of signs on the pages of a PDF. */
class Pen {
	readonly doc: PDFKit.PDFDocument;
	private readonly widths = new Map<string, number>();
	private readonly signs = new Map<string, string>();

	constructor(doc: PDFKit.PDFDocument) {
		this.doc = doc;
		for (const [name, path] of Object.entries(fonts)) doc.registerFont(name, file(path));
	}

	readonly widthOf: WidthOf = (sign, bold, chinese) => {
		if (courier.test(sign) && !chinese) return columnPt;
		const key = `${bold ? 'b' : ''}${sign}`;
		let width = this.widths.get(key);
		if (width === undefined) {
			width = this.doc.font(bold ? 'Noto-bold' : 'Noto', sizePt).widthOfString(this.shown(sign));
			this.widths.set(key, width);
		}
		return width;
	};

	/** What stands on paper for a sign: itself, or a box for one that neither font has, such as an emoji. */
	private shown(sign: string): string {
		if (courier.test(sign)) return sign;
		let shown = this.signs.get(sign);
		if (shown === undefined) {
			// The typings leave the opened font out.
			const { font } = (this.doc.font('Noto', sizePt) as unknown as { _font: { font: Glyphs } })._font;
			shown = [...sign].every((one) => font.hasGlyphForCodePoint(one.codePointAt(0) ?? 0)) ? sign : '□';
			this.signs.set(sign, shown);
		}
		return shown;
	}

	line(cells: readonly Cell[], x: number, y: number): void {
		let left = x;
		for (let from = 0; from < cells.length;) {
			const first = cells[from];
			if (first === undefined) break;
			const font = fontOf(first);
			let to = from + 1;
			while (to < cells.length && sameLook(first, font, cells[to])) to += 1;
			const run = cells.slice(from, to);
			const width = widthOfLine(run);
			// Noto stands a little higher than Courier on the same line.
			const lift = font.startsWith('Noto') ? -3.4 : 0;
			this.doc.font(font, sizePt).text(run.map(({ text }) => this.shown(text)).join(''), left, y + lift, {
				lineBreak: false,
				...(first.italic && font.startsWith('Noto') ? { oblique: true } : {}),
			});
			if (first.underline)
				this.doc
					.moveTo(left, y + 11.5)
					.lineTo(left + width, y + 11.5)
					.lineWidth(0.6)
					.stroke();
			left += width;
			from = to;
		}
	}

	words(runs: readonly InlineRun[], x: number, y: number, side: 'left' | 'right' | 'centre' = 'left'): void {
		const cells = cellsOf(runs, this.widthOf);
		const width = widthOfLine(cells);
		this.line(cells, side === 'right' ? x - width : side === 'centre' ? x - width / 2 : x, y);
	}
}

const sameLook = (first: Cell, font: string, next: Cell | undefined): boolean =>
	next !== undefined && fontOf(next) === font && next.underline === first.underline && next.italic === first.italic;

const centredKeys = /^(?:title|credit|authors?|written by|source|标题|片名|剧名|作者|编剧|原著|改编)$/i;

function drawTitle(pen: Pen, { titlePage }: ScriptParts, { width, height, leading }: PageShape): void {
	pen.doc.addPage();
	const room = width - margins.left - margins.right;
	const linesOf = (value: string): Cell[][] => breakLines(cellsOf(parseInline(value), pen.widthOf), room);
	let y = height * 0.32;
	for (const { key, value } of titlePage.filter((entry) => centredKeys.test(entry.key))) {
		for (const cells of linesOf(value)) {
			pen.line(cells, margins.left + (room - widthOfLine(cells)) / 2, y);
			y += leading;
		}
		y += leading * (/^(?:title|标题|片名|剧名)$/i.test(key) ? 3 : 1);
	}
	const rest = titlePage.filter((entry) => !centredKeys.test(entry.key)).map(({ value }) => linesOf(value));
	const count = rest.reduce((sum, lines) => sum + lines.length + 1, 0);
	let foot = Math.max(y + leading, height - margins.bottom - count * leading);
	for (const lines of rest) {
		for (const cells of lines) {
			pen.line(cells, margins.left, foot);
			foot += leading;
		}
		foot += leading;
	}
}

/** Chinese needs more air between its lines than Courier has, and its own words where a page breaks a speech. */
function isChinese(text: string): boolean {
	const han = text.match(/[\u3040-\u30ff\u3400-\u9fff]/g)?.length ?? 0;
	return han * 4 > text.replace(/\s/g, '').length;
}

/**
 * Sets a Fountain script as the pages of a screenplay: industry margins, 12 point, page numbers, scene numbers at both sides.
 * The script itself goes along as an attachment, from which the file is read again without loss.
 */
export async function formatPdf({
	text,
	title,
	paper,
}: {
	text: string;
	title: string;
	paper: Paper;
}): Promise<Uint8Array> {
	const parts = readParts(text);
	const chinese = isChinese(text);
	const size = papers[paper];
	const shape: PageShape = { width: size.width, height: size.height, leading: chinese ? 16 : sizePt };
	const doc = new PDFDocument({
		size: size.name,
		margin: 0,
		autoFirstPage: false,
		bufferPages: false,
		lang: chinese ? 'zh-CN' : 'en',
		info: { Title: title, Creator: 'Reelroom', Producer: 'Reelroom' },
	});
	const chunks: Buffer[] = [];
	const written = new Promise<Uint8Array>((resolve, reject) => {
		doc.on('data', (chunk: Buffer) => chunks.push(chunk));
		doc.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
		doc.on('error', reject);
	});
	const pen = new Pen(doc);
	if (parts.titlePage.length > 0) drawTitle(pen, parts, shape);
	drawPages(pen, parts, shape, chinese);
	doc.file(Buffer.from(text), {
		name: 'script.fountain',
		type: 'text/x-fountain',
		description: 'The script as Fountain',
	});
	doc.end();
	return written;
}

function drawPages(pen: Pen, parts: ScriptParts, shape: PageShape, chinese: boolean): void {
	const column = columnsOf(shape).speech.name;
	const set = (runs: readonly InlineRun[]): SetLine[] =>
		breakLines(cellsOf(runs, pen.widthOf), column.width).map((cells) => ({ x: column.x, cells, kind: 'name' }));
	const pages = paginate(
		setBlocks(parts.paragraphs, shape, pen.widthOf),
		Math.floor((shape.height - margins.top - margins.bottom) / shape.leading),
		{
			more: () => set([plainRun(chinese ? '（转下页）' : '(MORE)')]),
			continued: ({ speaker = [] }) => set([...speaker, plainRun(chinese ? '（续）' : " (CONT'D)")]),
		},
	);
	for (const [at, page] of pages.entries()) {
		pen.doc.addPage();
		if (at > 0) pen.words([plainRun(`${at + 1}.`)], shape.width - margins.right, 36, 'right');
		for (const { x, cells, row, sceneNumber } of page) {
			const y = margins.top + row * shape.leading;
			if (sceneNumber !== undefined) {
				pen.words([plainRun(sceneNumber)], margins.left - 18, y, 'right');
				pen.words([plainRun(sceneNumber)], shape.width - margins.right + 12, y);
			}
			pen.line(cells, x, y);
		}
	}
}
