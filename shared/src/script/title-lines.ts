import type { TitlePageEntry } from './fountain-element.ts';
import { onOneLine } from './one-line.ts';

const credit = /\b(?:written|screenplay|teleplay|story|adapted|created|directed)\b.*\bby\b|^by$|^编剧|^作者/i;
const source = /^(?:based (?:up)?on|from the|after|adapted from)\b|改编自|原著/i;
const told = /^(credit|author|编剧|作者|原著|改编|版权|联系方式|draft date|contact|copyright)\s*[:：]\s*(.+)$/i;

function keyOf(line: string, centred: boolean, keys: readonly string[]): string {
	if (/^(?:©|\(c\)|copyright)/i.test(line)) return 'Copyright';
	if (!centred) return /\b(?:draft|revis|19\d\d|20\d\d)|年/i.test(line) && line.length < 40 ? 'Draft date' : 'Contact';
	if (!keys.includes('Title')) return 'Title';
	if (credit.test(line)) return 'Credit';
	if (source.test(line)) return 'Source';
	return keys.includes('Credit') ? 'Author' : 'Title';
}

/** Tells title, credit, author and contact apart on a title page that has no keys. */
export function titleEntriesOf(lines: readonly { text: string; centred: boolean }[]): TitlePageEntry[] {
	const entries: TitlePageEntry[] = [];
	for (const { text, centred } of lines) {
		const line = onOneLine(text).trim();
		if (line === '') continue;
		const [, ownKey, ownValue] = told.exec(line) ?? [];
		const by = /^((?:written |screenplay )?by)\s+(\S.*)$/i.exec(line);
		if (ownKey !== undefined && ownValue !== undefined) entries.push({ key: ownKey, value: ownValue });
		else if (by?.[1] && by[2]) entries.push({ key: 'Credit', value: by[1] }, { key: 'Author', value: by[2] });
		else {
			const key = keyOf(
				line,
				centred,
				entries.map((entry) => entry.key),
			);
			const entry = entries.find((one) => one.key === key);
			if (entry) entry.value += `\n${line}`;
			else entries.push({ key, value: line });
		}
	}
	// A title page is only known by a title.
	return entries.toSorted((a, b) => Number(b.key === 'Title') - Number(a.key === 'Title'));
}
