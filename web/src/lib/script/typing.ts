import { startCompletion } from '@codemirror/autocomplete';
import { EditorSelection, Prec, type ChangeSpec, type EditorState, type Extension, type Line } from '@codemirror/state';
import { EditorView, keymap, type Command } from '@codemirror/view';
import { isChineseHeading, isLatinHeading } from '@reelroom/shared/script/heading.ts';
import { bareWords, isAttached, writeAs, type WrittenKind } from './elements.ts';
import { intentField, setIntent, type Intent, type IntentKind } from './intent.ts';
import { isSpoken, kindOf, type LineKind } from './line-look.ts';
import { elementsOnLine } from './script-state.ts';

const isBlank = (line: Line | null): boolean => line === null || line.text.trim() === '';
const above = ({ doc }: EditorState, line: Line): Line | null => (line.number > 1 ? doc.line(line.number - 1) : null);
const below = ({ doc }: EditorState, line: Line): Line | null =>
	line.number < doc.lines ? doc.line(line.number + 1) : null;
/** What a writer of Chinese headings begins with, in a script that has such. */
const headingStart = (state: EditorState): string =>
	/^(?:[.．]?(?:内景|外景)|第.{1,4}[场場])/m.test(state.doc.sliceString(0, 4000)) ? '内景 ' : 'INT. ';

function lineAtCaret(state: EditorState): { line: Line; head: number } | null {
	const { main } = state.selection;
	return main.empty && state.selection.ranges.length === 1
		? { line: state.doc.lineAt(main.head), head: main.head }
		: null;
}

function put(view: EditorView, changes: ChangeSpec, caret: number, intent?: Intent): true {
	view.dispatch({
		changes,
		selection: EditorSelection.cursor(caret),
		scrollIntoView: true,
		userEvent: 'input',
		...(intent === undefined ? {} : { effects: setIntent.of(intent) }),
	});
	return true;
}

/** Replaces a line by other words, with a blank line above where its kind begins a paragraph. */
function rewrite(view: EditorView, line: Line, words: string, kind: WrittenKind, caret: number): true {
	const over = above(view.state, line);
	let lead = '';
	let from = line.from;
	if (!isAttached(kind) && !isBlank(over)) lead = '\n';
	if (isAttached(kind) && over !== null && isBlank(over)) {
		let up: Line | null = over;
		while (up !== null && isBlank(up)) up = above(view.state, up);
		// Words that are said hang on to whoever says them.
		if (up !== null && isSpoken(kindOf(view.state, up))) from = up.to + 1;
	}
	return put(view, { from, to: line.to, insert: lead + words }, from + lead.length + caret, null);
}

/** Makes the line with the caret one of a kind. */
export function setKind(kind: WrittenKind): Command {
	return (view) => {
		const { state } = view;
		if (state.readOnly) return false;
		const line = state.doc.lineAt(state.selection.main.head);
		const words = bareWords(line.text);
		if (words !== '' || kind === 'page-break') {
			const text = writeAs(kind, words);
			rewrite(view, line, text, kind, text.replace(/(?: <|\]\]|[)）])$/, '').length);
		} else if (kind === 'scene-heading') {
			rewrite(view, line, headingStart(state), kind, headingStart(state).length);
			startCompletion(view);
		} else if (kind === 'character' || kind === 'transition' || kind === 'action') chooseKind(view, line, kind);
		else {
			const text = writeAs(kind, '');
			rewrite(view, line, text, kind, text.replace(/(?: <|\]\]|[)）])$/, '').length);
		}
		view.focus();
		return true;
	};
}

/** An empty line is going to be of a kind; what was likely said before is offered. */
function chooseKind(view: EditorView, line: Line, kind: IntentKind): void {
	const needsSpace = !isBlank(above(view.state, line));
	const at = line.from + (needsSpace ? 1 : 0);
	const intent = kind === 'action' ? null : { at, kind };
	put(view, { from: line.from, to: line.to, insert: needsSpace ? '\n' : '' }, at, intent);
	if (kind !== 'action') startCompletion(view);
}

/** The words of a line that was meant to be a name or a transition, with the mark that they need to be read as such. */
function asMeant(state: EditorState, line: Line): string | null {
	const intent = state.field(intentField);
	if (intent === null || intent.kind === 'action' || isBlank(line)) return null;
	const words = writeAs(intent.kind, bareWords(line.text));
	return words === line.text ? null : words;
}

const opensParagraph: ReadonlySet<LineKind> = new Set([
	...(['scene-heading', 'action', 'transition', 'centred', 'section', 'synopsis', 'page-break'] as const),
]);

/** Goes on to the line that the element asks for. */
export const enter: Command = (view) => {
	const { state } = view;
	const at = lineAtCaret(state);
	if (at === null || state.readOnly) return false;
	const { line, head } = at;
	const kind = kindOf(state, line);
	// Enter in front of the closing bracket steps out of it.
	const bracket = kind === 'parenthetical' && head === line.to - 1 && /[)）]$/.test(line.text);
	if (head !== line.to && !bracket) return false;
	const intent = state.field(intentField);
	if (isBlank(line)) {
		// A second Enter leaves the speech; one more on top of the space that Enter has made already adds none.
		return intent !== null && put(view, [], head, null);
	}
	const meant = asMeant(state, line);
	const words = meant ?? line.text;
	const opens = opensParagraph.has(kind) && isBlank(below(state, line));
	const insert = opens ? '\n\n' : '\n';
	const caret = line.from + words.length + insert.length;
	const changes: ChangeSpec =
		meant === null ? { from: line.to, insert } : { from: line.from, to: line.to, insert: words + insert };
	return put(view, changes, caret, opens ? { at: caret, kind: 'action' } : null);
};

/** Elements that an empty line, or one with words, goes through by Tab. */
const round: readonly WrittenKind[] = ['action', 'character', 'transition', 'scene-heading'];

const tab =
	(by: 1 | -1): Command =>
	(view) => {
		const { state } = view;
		if (state.readOnly) return false;
		const at = lineAtCaret(state);
		if (at === null) return true;
		const { line, head } = at;
		const kind = kindOf(state, line);
		const empty = isBlank(line);
		const atEnd = head === line.to;
		if (/^\s*[(（]\s*[)）]\s*$/.test(line.text)) return put(view, { from: line.from, to: line.to }, line.from, null);
		if (kind === 'dialogue' && empty)
			return put(view, { from: line.from, to: line.to, insert: '()' }, line.from + 1, null);
		if (by === 1 && !empty && atEnd && (kind === 'character' || kind === 'dialogue')) {
			const words = asMeant(state, line) ?? line.text;
			return put(view, { from: line.from, to: line.to, insert: `${words}\n()` }, line.from + words.length + 2, null);
		}
		if (empty || /^(?:INT\.|内景)\s*$/.test(line.text)) {
			const now = empty ? (state.field(intentField)?.kind ?? 'action') : 'scene-heading';
			const next = round[(round.indexOf(now) + by + round.length) % round.length] ?? 'action';
			if (!empty) put(view, { from: line.from, to: line.to }, line.from, null);
			return setKind(next)(view);
		}
		const now = round.find((one) => one === kind) ?? 'action';
		return setKind(round[(round.indexOf(now) + by + round.length) % round.length] ?? 'action')(view);
	};

/** Writes Latin headings and names in capitals as they are typed; what an input method composes is left alone. */
const capitals = EditorView.inputHandler.of((view, from, to, text) => {
	const { state } = view;
	if (view.compositionStarted || state.readOnly || text.length > 100 || text === text.toUpperCase()) return false;
	const line = state.doc.lineAt(from);
	if (to > line.to) return false;
	const head = line.text.slice(0, from - line.from);
	const whole = head + text + line.text.slice(to - line.from);
	const intent = state.field(intentField);
	const isName =
		elementsOnLine(state, line.from, line.to)[0]?.type === 'character' &&
		!/^\s*[@＠]/.test(line.text) &&
		!/[(（][^)）]*$/.test(head);
	if (intent?.kind === 'character' || intent?.kind === 'transition' || isName) {
		const capital = text.toUpperCase();
		view.dispatch({
			changes: { from, to, insert: capital },
			selection: { anchor: from + capital.length },
			scrollIntoView: true,
			userEvent: 'input.type',
		});
		return true;
	}
	const over = above(state, line);
	const isHeading =
		isBlank(over) && (isLatinHeading(whole.trim()) || /^[.．][^.．\s]/.test(whole.trim())) && !isChineseHeading(whole);
	if (!isHeading) return false;
	const capital = text.toUpperCase();
	view.dispatch({
		changes: [
			{ from: line.from, to: from, insert: head.toUpperCase() },
			{ from, to, insert: capital },
		],
		selection: { anchor: line.from + head.toUpperCase().length + capital.length },
		scrollIntoView: true,
		userEvent: 'input.type',
	});
	return true;
});

/** Wraps the selection in marks of emphasis, or takes them off. */
export function toggleMark(mark: string): Command {
	return (view) => {
		const { state } = view;
		if (state.readOnly) return false;
		view.dispatch(
			state.changeByRange((range) => {
				const size = mark.length;
				const before = state.doc.sliceString(range.from - size, range.from);
				const after = state.doc.sliceString(range.to, range.to + size);
				if (before === mark && after === mark)
					return {
						changes: [
							{ from: range.from - size, to: range.from },
							{ from: range.to, to: range.to + size },
						],
						range: EditorSelection.range(range.anchor - size, range.head - size),
					};
				return {
					changes: [
						{ from: range.from, insert: mark },
						{ from: range.to, insert: mark },
					],
					range: EditorSelection.range(range.anchor + size, range.head + size),
				};
			}),
			{ userEvent: 'input', scrollIntoView: true },
		);
		view.focus();
		return true;
	};
}

/** Makes the name on the line with the caret one who speaks at the same time as the one before, or no more. */
export const toggleDual: Command = (view) => {
	const { state } = view;
	let line: Line | null = state.doc.lineAt(state.selection.main.head);
	while (line !== null && !isBlank(line) && kindOf(state, line) !== 'character') line = above(state, line);
	if (state.readOnly || line === null || kindOf(state, line) !== 'character') return false;
	const mark = /\s*\^\s*$/.exec(line.text);
	view.dispatch({
		changes: mark === null ? { from: line.to, insert: ' ^' } : { from: line.from + mark.index, to: line.to },
		userEvent: 'input',
	});
	return true;
};

/** Typing as screenwriters know it: Tab and Enter go from element to element. */
export const typing = (): Extension => [
	capitals,
	Prec.high(
		keymap.of([
			{ key: 'Enter', run: enter },
			{ key: 'Tab', run: tab(1), shift: tab(-1) },
		]),
	),
];
