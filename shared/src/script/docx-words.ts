import { formatInline, plainRun, type InlineRun } from './inline.ts';
import { childrenOf, textOf, type XmlElement } from './xml.ts';

/** A paragraph of a Word document as far as a script cares. */
export type DocxParagraph = {
	runs: InlineRun[];
	/** Name of its style in lower case, e.g. `scene heading`. */
	style: string;
	/** Columns of a tenth of an inch from the left margin. */
	indent: number;
	align?: 'center' | 'right';
	newPage: boolean;
	/** Level of a heading style, 1 to 6. */
	level: number | null;
};

type Style = {
	name: string;
	based: string | undefined;
	properties: XmlElement | undefined;
	run: XmlElement | undefined;
};
export type DocxStyles = Map<string, Style>;

const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
	element === undefined ? undefined : childrenOf(element, name)[0];
const valueOf = (element: XmlElement | undefined, name: string): string | undefined =>
	child(element, name)?.attributes['w:val'];

/** The styles of a document by their id. */
export function readStyles(root: XmlElement | null): DocxStyles {
	const styles: DocxStyles = new Map();
	for (const style of root === null ? [] : childrenOf(root, 'w:style')) {
		const id = style.attributes['w:styleId'];
		if (id === undefined) continue;
		styles.set(id, {
			name: (valueOf(style, 'w:name') ?? id).toLowerCase(),
			based: valueOf(style, 'w:basedOn'),
			properties: child(style, 'w:pPr'),
			run: child(style, 'w:rPr'),
		});
	}
	return styles;
}

/** A style with those it is based on, nearest first. */
function lineage(styles: DocxStyles, id: string | undefined): Style[] {
	const found: Style[] = [];
	for (let next = id; next !== undefined && found.length < 12;) {
		const style = styles.get(next);
		if (style === undefined) break;
		found.push(style);
		next = style.based;
	}
	return found;
}

const isOn = (element: XmlElement | undefined): boolean =>
	element !== undefined && !['0', 'false', 'none', 'off'].includes(element.attributes['w:val'] ?? '');

/** Words of a run; deleted ones of a tracked change are left out by whoever walks. */
function runText(run: XmlElement): string {
	let text = '';
	for (const part of run.children) {
		if (typeof part === 'string') continue;
		if (part.name === 'w:t') text += textOf(part);
		else if (part.name === 'w:tab' || part.name === 'w:ptab') text += '\t';
		else if (part.name === 'w:br' || part.name === 'w:cr') text += part.attributes['w:type'] === 'page' ? '\f' : '\n';
		else if (part.name === 'w:noBreakHyphen') text += '-';
	}
	return text;
}

function runOf(element: XmlElement, inherited: readonly (XmlElement | undefined)[]): InlineRun {
	const own = [child(element, 'w:rPr'), ...inherited];
	const has = (name: string): boolean => {
		const found = own.map((properties) => child(properties, name)).find((property) => property !== undefined);
		return isOn(found);
	};
	const text = runText(element);
	return {
		kind: 'text',
		text: has('w:caps') ? text.toUpperCase() : text,
		bold: has('w:b'),
		italic: has('w:i'),
		underline: has('w:u'),
	};
}

type Comments = Map<string, string>;

/** The comments of a document by their id. */
export function readComments(root: XmlElement | null): Comments {
	const comments: Comments = new Map();
	for (const comment of root === null ? [] : childrenOf(root, 'w:comment')) {
		const text = childrenOf(comment, 'w:p')
			.map((paragraph) => childrenOf(paragraph, 'w:r').map(runText).join(''))
			.join('\n')
			.trim();
		if (comment.attributes['w:id'] !== undefined && text !== '') comments.set(comment.attributes['w:id'], text);
	}
	return comments;
}

function collect(element: XmlElement, comments: Comments, run: (element: XmlElement) => void, runs: InlineRun[]): void {
	for (const part of element.children) {
		if (typeof part === 'string') continue;
		switch (part.name) {
			case 'w:r': {
				run(part);
				const id = child(part, 'w:commentReference')?.attributes['w:id'];
				const comment = id === undefined ? undefined : comments.get(id);
				if (comment !== undefined) runs.push({ kind: 'note', text: comment });
				break;
			}
			case 'w:ins':
			case 'w:hyperlink':
			case 'w:smartTag':
			case 'w:sdt':
			case 'w:sdtContent':
			case 'w:moveTo':
			case 'w:fldSimple':
				collect(part, comments, run, runs);
				break;
		}
	}
}

const twipsPerColumn = 144;

/** Reads the paragraphs of a Word document in order, those of tables and of accepted insertions too. */
export function readDocxParagraphs(body: XmlElement, styles: DocxStyles, comments: Comments): DocxParagraph[] {
	const out: DocxParagraph[] = [];
	for (const part of body.children) {
		if (typeof part === 'string') continue;
		if (part.name === 'w:p') out.push(paragraphOf(part, styles, comments));
		else if (/^w:(?:tbl|tr|tc|sdt|sdtContent|ins|customXml)$/.test(part.name))
			out.push(...readDocxParagraphs(part, styles, comments));
	}
	return out;
}

function paragraphOf(element: XmlElement, styles: DocxStyles, comments: Comments): DocxParagraph {
	const own = child(element, 'w:pPr');
	const kin = lineage(styles, valueOf(own, 'w:pStyle') ?? 'Normal');
	const from = (name: string): XmlElement | undefined =>
		[own, ...kin.map(({ properties }) => properties)]
			.map((all) => child(all, name))
			.find((found) => found !== undefined);
	const runs: InlineRun[] = [];
	const inherited = kin.map((style) => style.run);
	collect(element, comments, (run) => void (runText(run) !== '' && runs.push(runOf(run, inherited))), runs);
	const indents = from('w:ind')?.attributes ?? {};
	const twips =
		Number(indents['w:left'] ?? indents['w:start'] ?? 0) +
		Number(indents['w:firstLine'] ?? 0) -
		Number(indents['w:hanging'] ?? 0);
	const side = from('w:jc')?.attributes['w:val'];
	const outline = from('w:outlineLvl')?.attributes['w:val'];
	const level = /^heading ([1-6])$/.exec(kin[0]?.name ?? '')?.[1];
	return {
		runs,
		style: kin[0]?.name ?? '',
		indent: Number.isFinite(twips) ? Math.max(0, Math.round(twips / twipsPerColumn)) : 0,
		...(side === 'center'
			? { align: 'center' as const }
			: side === 'right' || side === 'end'
				? { align: 'right' as const }
				: {}),
		newPage: isOn(from('w:pageBreakBefore')),
		level:
			level !== undefined ? Number(level) : outline !== undefined && Number(outline) < 6 ? Number(outline) + 1 : null,
	};
}

/** The words of a paragraph as Fountain marks them; a heading's own bold is no emphasis. */
export function inlineOf({ runs }: Pick<DocxParagraph, 'runs'>, plainly = false): string {
	const kept = plainly ? runs.map((run): InlineRun => (run.kind === 'text' ? plainRun(run.text) : run)) : runs;
	return formatInline(kept.map((run) => ({ ...run, text: run.text.replace(/\f/g, '') }))).trim();
}
