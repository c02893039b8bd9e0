import type { FountainElement } from './fountain-element.ts';
import { parseFountain } from './fountain.ts';
import { mapVisible, parseInline, visibleText } from './inline.ts';
import { splitSceneNumber } from './heading.ts';
import { plain } from './emphasis.ts';
import { onOneLine } from './one-line.ts';
import type { ScriptParagraph, ScriptParts } from './paragraphs.ts';

const isHidden = (type: string): boolean => type === 'note' || type === 'boneyard';
const isSpeech = (type: string): boolean => type === 'parenthetical' || type === 'dialogue';

/** The type of the next paragraph that is seen. */
function typeBehind(paragraphs: readonly ScriptParagraph[], index: number): string {
	let next = index + 1;
	while (isHidden(paragraphs[next]?.type ?? '')) next += 1;
	return paragraphs[next]?.type ?? '';
}

/** Paragraphs that stand without a blank line between them: a speaker with what is said, and anything else alone. */
function blocksOf(paragraphs: readonly ScriptParagraph[]): ScriptParagraph[][] {
	const blocks: ScriptParagraph[][] = [];
	for (const [index, paragraph] of paragraphs.entries()) {
		const block = blocks.at(-1);
		const inSpeech = block?.[0]?.type === 'character';
		// A note between two speeches of one speaker stands among them.
		const goesOn = inSpeech && isHidden(paragraph.type) && isSpeech(typeBehind(paragraphs, index));
		if (block && inSpeech && (isSpeech(paragraph.type) || goesOn)) block.push(paragraph);
		else if (isSpeech(paragraph.type)) blocks.push([{ type: 'action', text: paragraph.text }]);
		else blocks.push([paragraph]);
	}
	return blocks;
}

/** Blank lines within a paragraph would end it; in a speech two spaces keep it going. */
const closeUp = (text: string, inSpeech: boolean): string =>
	mapVisible(text, (words) => (inSpeech ? words.replace(/\n(?=\n)/g, '\n  ') : words.replace(/\n\s*(?=\n)/g, '')));

function lineOf(paragraph: ScriptParagraph, forced: boolean): string {
	const { type, sceneNumber, extension, dual, depth } = paragraph;
	const text = isHidden(type) ? paragraph.text : closeUp(paragraph.text, type === 'dialogue').trim();
	switch (type) {
		case 'scene-heading': {
			const heading = onOneLine(text);
			const told = splitSceneNumber(visibleText(parseInline(heading))).sceneNumber === sceneNumber;
			return `${forced ? '.' : ''}${heading}${sceneNumber === undefined || told ? '' : ` #${sceneNumber}#`}`;
		}
		case 'character':
			return `${forced ? '@' : ''}${onOneLine(text)}${extension === undefined ? '' : ` (${extension})`}${dual ? ' ^' : ''}`;
		case 'parenthetical':
			return `(${onOneLine(text)})`;
		case 'transition':
			return `${forced ? '> ' : ''}${onOneLine(text)}`;
		case 'centred':
			return text
				.split('\n')
				.map((line) => `> ${line} <`)
				.join('\n\n');
		case 'section':
			return forced ? `${'#'.repeat(depth ?? 1)} ${onOneLine(text)}` : text;
		case 'synopsis':
			return `= ${onOneLine(text)}`;
		case 'lyrics':
			return text
				.split('\n')
				.map((line) => `~${line}`)
				.join('\n');
		case 'page-break':
			return '===';
		case 'action':
			return forced ? `!${text}` : text;
		case 'dialogue':
		case 'note':
		case 'boneyard':
			return text;
	}
}

type Sign = Pick<FountainElement, 'type' | 'text' | 'sceneNumber' | 'extension' | 'dual' | 'depth'>;
const signOf = ({ type, text, sceneNumber, extension, dual, depth }: Sign): string =>
	JSON.stringify([
		type,
		plain(type === 'action' ? text.replace(/^[△▲]\s*/, '') : text)
			.replace(/\s+/g, ' ')
			.trim(),
		sceneNumber,
		extension,
		dual ?? false,
		depth,
	]);

/** Whether a block is read as what it is. */
function isRead(text: string, block: readonly ScriptParagraph[]): boolean {
	const seen = (list: readonly Sign[]): string =>
		list
			.filter(({ type }) => !isHidden(type))
			.map(signOf)
			.join();
	// Behind a line of action, so that nothing is taken for a title page.
	const found = parseFountain(`.\n\n${text}\n`).elements.slice(1);
	return (
		seen(found) === seen(block.map((paragraph) => ({ ...paragraph, text: visibleText(parseInline(paragraph.text)) })))
	);
}

function formatBlock(block: readonly ScriptParagraph[]): string {
	const write = (forced: boolean): string => block.map((paragraph) => lineOf(paragraph, forced)).join('\n');
	const natural = write(false);
	if (isRead(natural, block)) return natural;
	const forced = write(true);
	if (block[0]?.type !== 'action' || isRead(forced, block)) return forced;
	// Some line in the midst would be read as something else: each line is held to be action.
	return forced
		.split('\n')
		.map((line) => (line.startsWith('!') ? line : `!${line}`))
		.join('\n');
}

function formatTitle({ titlePage }: ScriptParts): string {
	return titlePage
		.map(({ key, value }) => {
			const lines = value.split('\n').filter((line) => line.trim() !== '');
			return lines.length > 1 ? `${key}:\n${lines.map((line) => `    ${line.trim()}`).join('\n')}` : `${key}: ${value}`;
		})
		.join('\n');
}

/** Writes paragraphs as Fountain that is read back as the same elements, with a forcing mark only where one is needed. */
export function formatFountain(parts: ScriptParts): string {
	const title = formatTitle(parts);
	const blocks = blocksOf(parts.paragraphs)
		.map(formatBlock)
		.filter((block) => block.trim() !== '');
	// Without a title page the first line must not become one.
	if (title === '' && blocks[0] !== undefined && parseFountain(blocks[0]).titlePage.length > 0)
		blocks[0] = `!${blocks[0]}`;
	const text = [...(title === '' ? [] : [title]), ...blocks].join('\n\n');
	return text === '' ? '' : `${text}\n`;
}
