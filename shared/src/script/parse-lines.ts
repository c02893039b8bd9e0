import { isChineseHeading, isLatinHeading, splitSceneNumber } from './heading.ts';
import { plain } from './emphasis.ts';
import type { FountainElement, TitlePageEntry } from './fountain-element.ts';
import type { Line } from './lines.ts';
import {
	isChineseCue,
	isChineseTransition,
	isLatinCue,
	isParenthetical,
	isTransition,
	parseCue,
	parseInlineSpeech,
} from './line-kinds.ts';

const titleKeys =
	/^(?:title|credits?|authors?|written by|source|notes?|draft date|date|contact|copyright|revision|language|format|标题|片名|剧名|作者|编剧|原著|改编|日期|版权|联系方式?)\s*[:：]/i;
const titleEntry = /^([^:：\s][^:：]{0,40}?)\s*[:：]\s*(.*)$/s;

function readTitlePage(
	text: string,
	lines: readonly Line[],
	first: number,
): { entries: TitlePageEntry[]; next: number } {
	const entries: TitlePageEntry[] = [];
	let index = first;
	for (let line = lines[index]; line && !line.blank && !line.hidden; line = lines[++index]) {
		const last = entries.at(-1);
		if (last && /^(?:\t| {3,})/.test(text.slice(line.start, line.end))) {
			last.value += (last.value ? '\n' : '') + plain(line.text);
			continue;
		}
		const [, key, value] = titleEntry.exec(line.text) ?? [];
		if (key === undefined || value === undefined) break;
		entries.push({ key: plain(key), value: plain(value) });
	}
	return { entries, next: index };
}

/** What the line before leaves behind for the next one. */
type Flow = 'open' | 'action' | 'speech' | 'lyrics' | 'song-in-speech' | 'closed';

function standingAlone(line: Line): Omit<FountainElement, 'start' | 'end'> | null {
	const { text } = line;
	if (/^={3,}$/.test(text)) return { type: 'page-break', text: '' };
	const section = /^([#＃]{1,6})\s*([^#＃].*)$/s.exec(text);
	if (section?.[1] && section[2]) return { type: 'section', text: plain(section[2]), depth: section[1].length };
	if (/^第[0-9零一二三四五六七八九十百]+[幕集章回](?:[\s:：]+[^。！？]{1,30})?$/.test(text))
		return { type: 'section', text, depth: 1 };
	if (/^=[^=]/.test(text)) return { type: 'synopsis', text: plain(text.slice(1).trim()) };
	const centred = !/[<＜]$/.test(text) || text.length > 1000 ? null : /^[>＞]\s*(.*?)\s*[<＜]$/s.exec(text);
	if (centred) return { type: 'centred', text: plain(centred[1] ?? ''), forced: true };
	if (/^[>＞]\s*\S/.test(text)) return { type: 'transition', text: text.slice(1).trim(), forced: true };
	if (/^[.．][^.．。\s]/.test(text))
		return { type: 'scene-heading', ...splitSceneNumber(text.slice(1).trim()), forced: true };
	return null;
}

/** The line below that stands right under this one when hidden ones are passed over; undefined when it is blank or none. */
function visibleBelow(lines: readonly Line[], index: number): Line | undefined {
	let below = lines[index + 1];
	for (let next = index + 2; below?.hidden !== undefined; next++) below = lines[next];
	return below?.blank === false ? below : undefined;
}

const isSpeech = (flow: Flow): boolean => flow === 'speech' || flow === 'song-in-speech';

/** What a run of lines holds; elements stand in text order and share no letter. */
export type ParsedLines = { titlePage: TitlePageEntry[]; elements: FountainElement[] };

/** Classifies lines that begin a script or follow a blank line; only those at the very start may be a title page. */
export function parseLines(text: string, lines: readonly Line[], mayBeTitlePage: boolean): ParsedLines {
	const elements: FountainElement[] = [];
	let titlePage: TitlePageEntry[] = [];
	const state: { flow: Flow; spaced: boolean } = { flow: 'open', spaced: false };
	const add = (line: Line, element: Omit<FountainElement, 'start' | 'end'>, after: Flow): void => {
		elements.push({ start: line.start, end: line.end, ...element });
		state.flow = after;
		state.spaced = false;
	};
	const extend = (line: Line, words: string): void => {
		const last = elements.at(-1);
		if (!last) return;
		last.end = line.end;
		last.text += (last.text ? (state.spaced ? '\n\n' : '\n') : '') + words;
		state.spaced = false;
	};
	const cue = (line: Line, words: string, forced: boolean): void => {
		const { name, extension } = parseCue(words.replace(/\^$/, '').trimEnd());
		add(
			line,
			{
				type: 'character',
				text: plain(name),
				...(forced ? { forced } : {}),
				...(extension ? { extension } : {}),
				...(words.endsWith('^') ? { dual: true } : {}),
			},
			'speech',
		);
	};
	const inline = (line: Line): boolean => {
		const found = parseInlineSpeech(line.text);
		if (!found) return false;
		const colon = text.slice(line.start, line.end).search(/[：:]/);
		const split = line.start + colon + 1;
		const bare = found.speech === '';
		elements.push({
			type: 'character',
			start: line.start,
			end: bare ? line.end : split,
			text: found.name,
			...(found.parenthetical ? { extension: found.parenthetical } : {}),
		});
		if (!bare) elements.push({ type: 'dialogue', start: split, end: line.end, text: plain(found.speech) });
		state.flow = bare ? 'speech' : 'open';
		return true;
	};

	let index = lines.findIndex((line) => !line.blank);
	const opening = lines[index];
	if (mayBeTitlePage && opening && titleKeys.test(opening.text.replace(/^\ufeff/, ''))) {
		const page = readTitlePage(text, lines, index);
		const last = lines[page.next - 1];
		if (last && page.next > index) {
			titlePage = page.entries.map(({ key, value }) => ({ key: key.replace(/^\ufeff/, ''), value }));
			elements.push({
				type: 'title-page',
				start: opening.start,
				end: last.end,
				text: titlePage.map(({ key, value }) => `${key}: ${value}`).join('\n'),
			});
			index = page.next;
		}
	}

	for (let line = lines[Math.max(index, 0)]; line; line = lines[++index]) {
		if (index < 0) break;
		if (line.blank) {
			// Two spaces on an empty line keep a speech together, as Fountain says.
			if (isSpeech(state.flow) && line.spaces) state.spaced = true;
			else state.flow = 'open';
			continue;
		}
		if (line.hidden) {
			const last = elements.at(-1);
			if (line.continues && last?.type === line.hidden)
				extend(
					line,
					text
						.slice(line.start, line.end)
						.trim()
						.replace(/(?:\]\]|\*\/)$/, '')
						.trimEnd(),
				);
			else
				add(
					line,
					{
						type: line.hidden,
						text: text
							.slice(line.start, line.end)
							.trim()
							.replace(/^(?:\[\[|\/\*)|(?:\]\]|\*\/)$/g, '')
							.trim(),
					},
					// A remark between two lines of a speech does not end it.
					isSpeech(state.flow) ? 'speech' : 'open',
				);
			continue;
		}
		const before = state.flow === 'song-in-speech' ? 'speech' : state.flow;
		const following = visibleBelow(lines, index);
		const alone = before === 'speech' ? null : standingAlone(line);
		if (alone) {
			add(line, alone, 'closed');
			continue;
		}
		if (/^[@＠]\s*\S/.test(line.text)) {
			cue(line, line.text.slice(1).trim(), true);
			continue;
		}
		if (/^~/.test(line.text)) {
			const words = plain(line.text.slice(1).trim());
			if (elements.at(-1)?.type === 'lyrics' && (state.flow === 'lyrics' || state.flow === 'song-in-speech'))
				extend(line, words);
			else add(line, { type: 'lyrics', text: words }, isSpeech(state.flow) ? 'song-in-speech' : 'lyrics');
			continue;
		}
		if (/^![^!]/.test(line.text) && before !== 'speech') {
			add(line, { type: 'action', text: plain(line.text.slice(1).trim()), forced: true }, 'action');
			continue;
		}
		if (isChineseHeading(line.text)) {
			add(line, { type: 'scene-heading', ...splitSceneNumber(line.text) }, 'closed');
			continue;
		}
		if (isChineseTransition(line.text) && before !== 'speech') {
			add(line, { type: 'transition', text: line.text }, 'closed');
			continue;
		}
		if (before !== 'speech' && before !== 'action' && isLatinHeading(line.text)) {
			add(line, { type: 'scene-heading', ...splitSceneNumber(line.text) }, 'closed');
			continue;
		}
		if (before !== 'speech' && before !== 'action' && !following && isTransition(line.text)) {
			add(line, { type: 'transition', text: line.text }, 'closed');
			continue;
		}
		if (inline(line)) continue;
		if (before === 'speech') {
			const type = isParenthetical(line.text) ? 'parenthetical' : 'dialogue';
			if (type === 'dialogue' && elements.at(-1)?.type === 'dialogue') extend(line, plain(line.text));
			else
				add(
					line,
					{ type, text: plain(type === 'parenthetical' ? line.text.slice(1, -1).trim() : line.text) },
					'speech',
				);
			continue;
		}
		if (before !== 'action' && following && (isLatinCue(line.text) || isChineseCue(line.text, following.text))) {
			cue(line, line.text, false);
			continue;
		}
		const words = plain(line.text.replace(/^[△▲]\s*/, ''));
		// A triangle opens a new paragraph of action in Chinese scripts.
		if (before === 'action' && !/^[△▲]/.test(line.text)) extend(line, words);
		else add(line, { type: 'action', text: words }, 'action');
	}
	return { titlePage, elements };
}
