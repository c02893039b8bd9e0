import { cameraWords } from './line-kinds.ts';
import { parseInline, visibleText, type InlineRun } from './inline.ts';
import { readParts, type ScriptParagraph } from './paragraphs.ts';
import { customTypeOf, fdxTypes, sectionType } from './fdx-types.ts';
import { escapeXml } from './xml.ts';

const styleOf = (run: InlineRun): string =>
	run.kind === 'text'
		? [run.bold ? 'Bold' : '', run.italic ? 'Italic' : '', run.underline ? 'Underline' : ''].filter(Boolean).join('+')
		: '';

const textTag = (text: string, style = ''): string =>
	`<Text${style === '' ? '' : ` Style="${style}"`}>${escapeXml(text)}</Text>`;

function noteTag({ kind, text }: InlineRun, id: number): string {
	const name = kind === 'boneyard' ? ' Name="Boneyard"' : '';
	const lines = text.split('\n').map((line) => `<Paragraph>${textTag(line)}</Paragraph>`);
	return `<ScriptNote ID="${id}"${name}>${lines.join('')}</ScriptNote>`;
}

type Attributes = Record<string, string | undefined>;
const tagOf = (attributes: Attributes): string =>
	Object.entries(attributes)
		.map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeXml(value)}"`))
		.join('');

/** Writes the paragraphs of a script one after the other, with what one leaves to the next. */
class FdxWriter {
	readonly out: string[] = [];
	readonly custom = new Set<string>();
	private notes = 0;
	private newPage = false;

	private runs(runs: readonly InlineRun[]): string {
		const tags = runs.map((run) =>
			run.kind === 'text' ? textTag(run.text, styleOf(run)) : noteTag(run, (this.notes += 1)),
		);
		return tags.length === 0 ? '<Text></Text>' : tags.join('');
	}

	paragraph(attributes: Attributes, runs: readonly InlineRun[], inside = ''): string {
		const page = this.newPage ? 'Yes' : undefined;
		this.newPage = false;
		return `<Paragraph${tagOf({ ...attributes, StartsNewPage: page })}>${inside}${this.runs(runs)}</Paragraph>`;
	}

	breakPage(): void {
		// A second break in a row is a page with nothing on it.
		if (this.newPage) this.out.push(this.paragraph({ Type: 'Action' }, []));
		this.newPage = true;
	}

	/** One paragraph; a heading takes the synopses below it along. */
	write(one: ScriptParagraph, synopses: readonly ScriptParagraph[] = []): string {
		const runs = parseInline(one.text);
		switch (one.type) {
			case 'scene-heading': {
				const summary = synopses.map(({ text }) => `<Paragraph>${this.runs(parseInline(text))}</Paragraph>`).join('');
				const inside = summary === '' ? '' : `<SceneProperties><Summary>${summary}</Summary></SceneProperties>`;
				return this.paragraph({ Type: 'Scene Heading', Number: one.sceneNumber }, runs, inside);
			}
			case 'character': {
				const extension = one.extension === undefined ? '' : ` (${one.extension})`;
				return this.paragraph({ Type: 'Character' }, [...runs, ...parseInline(extension)]);
			}
			case 'parenthetical':
				return this.paragraph({ Type: 'Parenthetical' }, [...parseInline('('), ...runs, ...parseInline(')')]);
			case 'centred':
				return this.paragraph({ Type: 'Action', Alignment: 'Center' }, runs);
			case 'section': {
				const type = sectionType(one.depth ?? 1);
				this.custom.add(type);
				return this.paragraph({ Type: type }, runs);
			}
			case 'action': {
				const kind = customTypeOf(runs);
				if (kind !== null) {
					this.custom.add(kind.type);
					return this.paragraph({ Type: kind.type }, kind.runs);
				}
				return this.paragraph({ Type: isShot(visibleText(runs)) ? 'Shot' : 'Action' }, runs);
			}
			default: {
				const type = fdxTypes[one.type];
				if (!builtIn.has(type)) this.custom.add(type);
				return this.paragraph({ Type: type }, runs);
			}
		}
	}
}

const isShot = (text: string): boolean =>
	text.length < 80 && text === text.toUpperCase() && cameraWords.test(text) && !text.includes('\n');

const builtIn = new Set(['General', 'Action', 'Dialogue', 'Transition', 'Singing']);
const isSpoken = (type: string): boolean => ['parenthetical', 'dialogue', 'lyrics', 'note', 'boneyard'].includes(type);

function writeBody(paragraphs: readonly ScriptParagraph[], writer: FdxWriter): void {
	/** Where the last speech begins in what was written; null when something else came since. */
	let speech: number | null = null;
	let pair: number | null = null;
	for (let index = 0; index < paragraphs.length; index += 1) {
		const one = paragraphs[index];
		if (one === undefined) break;
		if (one.type === 'page-break') {
			speech = null;
			writer.breakPage();
			continue;
		}
		if (one.type === 'character') {
			pair = one.dual ? (speech ?? writer.out.length) : null;
			speech = writer.out.length;
		} else if (!isSpoken(one.type)) speech = null;
		const synopses: ScriptParagraph[] = [];
		for (let below = paragraphs[index + 1]; one.type === 'scene-heading' && below?.type === 'synopsis';) {
			synopses.push(below);
			below = paragraphs[(index += 1) + 1];
		}
		writer.out.push(writer.write(one, synopses));
		const next = paragraphs[index + 1];
		if (pair !== null && (next === undefined || !isSpoken(next.type))) {
			const both = writer.out.splice(pair);
			writer.out.push(`<Paragraph><DualDialogue>\n${both.join('\n')}\n</DualDialogue></Paragraph>`);
			pair = null;
			speech = null;
		}
	}
	// A break with nothing behind it still needs a paragraph to stand on.
	if (paragraphs.at(-1)?.type === 'page-break') writer.out.push(writer.paragraph({ Type: 'Action' }, []));
}

const centredKeys = /^(?:title|credit|authors?|written by|source|标题|片名|剧名|作者|编剧|原著|改编)$/i;

/** Kinds of paragraph with where they stand on the page, in inches. */
const layout: [type: string, left: string, right: string, before: number, caps: boolean, alignment?: string][] = [
	['General', '1.50', '7.50', 0, false],
	['Scene Heading', '1.50', '7.50', 24, true],
	['Action', '1.50', '7.50', 12, false],
	['Character', '3.50', '7.25', 12, true],
	['Parenthetical', '3.00', '5.50', 0, false],
	['Dialogue', '2.50', '6.00', 0, false],
	['Transition', '5.50', '7.10', 12, true, 'Right'],
	['Shot', '1.50', '7.50', 24, true],
	['Singing', '2.50', '6.00', 0, false],
];

function settings([type, left, right, before, caps, alignment = 'Left']: (typeof layout)[number]): string {
	const style = caps ? 'AllCaps' : '';
	return `<ElementSettings Type="${escapeXml(type)}"><FontSpec AdornmentStyle="0" Background="#FFFFFFFFFFFF" Color="#000000000000" Font="Courier Final Draft" RevisionID="0" Size="12" Style="${style}"/><ParagraphSpec Alignment="${alignment}" FirstIndent="0.00" Leading="Regular" LeftIndent="${left}" RightIndent="${right}" SpaceBefore="${before}" Spacing="1" StartsNewPage="No"/><Behavior PaginateAs="${type === 'Singing' ? 'Dialogue' : builtInLayout.has(type) ? escapeXml(type) : 'General'}" ReturnKey="Action" Shortcut=""/></ElementSettings>`;
}
const builtInLayout = new Set(layout.map(([type]) => type));

/** Writes a Fountain script as a Final Draft file (FDX) that is read back with every element. */
export function formatFdx(text: string): string {
	const parts = readParts(text);
	const writer = new FdxWriter();
	writeBody(parts.paragraphs, writer);
	const title = parts.titlePage.flatMap(({ key, value }) =>
		value.split('\n').map(
			(line) =>
				`<Paragraph Alignment="${centredKeys.test(key) ? 'Center' : 'Left'}" Key="${escapeXml(key)}" Type="General">${parseInline(
					line,
				)
					.map((run) => textTag(run.text, styleOf(run)))
					.join('')}</Paragraph>`,
		),
	);
	const custom = [...writer.custom]
		.filter((type) => !builtInLayout.has(type))
		.map((type) => settings([type, '1.50', '7.50', 12, false]));
	return [
		'<?xml version="1.0" encoding="UTF-8" standalone="no"?>',
		'<FinalDraft DocumentType="Script" Template="No" Version="5">',
		'<Content>',
		...writer.out,
		'</Content>',
		...(title.length === 0 ? [] : ['<TitlePage><Content>', ...title, '</Content></TitlePage>']),
		...layout.map(settings),
		...custom,
		'</FinalDraft>',
		'',
	].join('\n');
}
