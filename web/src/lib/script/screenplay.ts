import { StateEffect, type Extension, type Line, type Range } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { Decoration, ViewPlugin, type DecorationSet, type PluginValue, type ViewUpdate } from '@codemirror/view';
import { emphasisOf } from '@reelroom/shared/script/emphasis.ts';
import { pagesOf } from '@reelroom/shared/script/pages.ts';
import { blockAfter } from '@reelroom/shared/script/script-blocks.ts';
import { intentField, setIntent } from './intent.ts';
import { lookOf, type LineLook } from './line-look.ts';
import { blockAt, scriptField } from './script-state.ts';
import { screenplayTheme } from './screenplay-theme.ts';

/** Pages are broken anew when the typing rests for this long; until then they move with the text. */
const pageMs = 150;
const paged = StateEffect.define<number[]>();

/** The key that a line of the title page begins with. */
const titleKeyOf = (line: string): string | null => /^[^:：\s][^:：]{0,40}?\s*[:：]\s*/.exec(line)?.[0] ?? null;

const mark = (name: string): Decoration => Decoration.mark({ class: name });
const sign = mark('sp-sign');
const folded = Decoration.replace({});
const emphasis = { bold: mark('sp-bold'), italic: mark('sp-italic'), underline: mark('sp-underline') };
const hiddenWords = { note: mark('sp-note-words'), boneyard: mark('sp-boneyard-words') };
const titleKey = mark('sp-title-key');
const cueName = mark('sp-name');

/** What a line begins and ends with that decides its kind and is no word of it. */
const opening = /^\s*(?:[.．!@＠~]|[>＞]\s*|[#＃]{1,6}\s*|=\s*)/;
const closing = /\s*(?:[<＜]|\^|#[^#]{1,20}#)\s*$/;
const marked: ReadonlySet<string> = new Set([
	...['scene-heading', 'action', 'character', 'transition', 'centred', 'lyrics', 'section', 'synopsis'],
]);

/** Gives every line in view the look of its kind; the text itself stays plain Fountain. */
class Layout implements PluginValue {
	decorations: DecorationSet = Decoration.none;
	private pages: number[];
	private counted: { block: number; headings: number[] } = { block: 0, headings: [] };
	private timer: ReturnType<typeof setTimeout> | undefined;
	private readonly view: EditorView;

	constructor(view: EditorView) {
		this.view = view;
		this.pages = pagesOf(view.state.field(scriptField)).starts;
		this.decorations = this.draw();
	}

	update(update: ViewUpdate): void {
		if (update.docChanged) {
			this.pages = this.pages.map((at) => update.changes.mapPos(at, -1));
			clearTimeout(this.timer);
			this.timer = setTimeout(this.breakPages, pageMs);
		}
		let redraw = update.docChanged || update.viewportChanged || update.selectionSet || update.focusChanged;
		for (const { effects } of update.transactions)
			for (const effect of effects) {
				if (effect.is(paged)) this.pages = effect.value;
				redraw ||= effect.is(paged) || effect.is(setIntent);
			}
		if (redraw) this.decorations = this.draw();
	}

	destroy(): void {
		clearTimeout(this.timer);
	}

	private readonly breakPages = (): void => {
		const { starts } = pagesOf(this.view.state.field(scriptField));
		if (starts.length === this.pages.length && starts.every((at, index) => at === this.pages[index])) return;
		this.view.dispatch({ effects: paged.of(starts) });
	};

	private draw(): DecorationSet {
		const { state, visibleRanges } = this.view;
		const ranges: Range<Decoration>[] = [];
		this.counted = { block: 0, headings: [] };
		const active = new Set<number>();
		if (this.view.hasFocus)
			for (const { from, to } of state.selection.ranges) {
				const last = state.doc.lineAt(to).number;
				for (let number = state.doc.lineAt(from).number; number <= last; number++) active.add(number);
			}
		let done = -1;
		for (const { from, to } of visibleRanges) {
			for (let at = from; at <= to;) {
				const line = state.doc.lineAt(at);
				if (line.number > done) this.drawLine(line, active.has(line.number), ranges);
				done = Math.max(done, line.number);
				at = line.to + 1;
			}
		}
		return Decoration.set(ranges, true);
	}

	/** Whether the caret is in the paragraph of this line. */
	private isNear(line: Line): boolean {
		const near = blockAt(this.view.state.field(scriptField), this.view.state.selection.main.head);
		return near !== null && line.from >= near.start && line.to <= near.start + near.block.length;
	}

	/** Number of the page that begins on this line, the last one if several do. */
	private pageAt(line: Line): number | null {
		const at = this.pages.findLastIndex((start) => start >= line.from && start <= line.to);
		return at < 0 ? null : at + 2;
	}

	private drawLine(line: Line, active: boolean, ranges: Range<Decoration>[]): void {
		const look = lookOf(this.view.state, line);
		const names = [`sp-${look.kind}`];
		if (look.side !== null) names.push(`sp-${look.side}`);
		if (active) names.push('sp-active');
		if (active || this.isNear(line)) names.push('sp-near');
		const attributes: Record<string, string> = {};
		const page = this.pageAt(line);
		if (page !== null) {
			names.push('sp-page-start');
			attributes['data-page'] = `${page}.`;
		}
		const [first] = look.elements;
		if (first?.type === 'scene-heading' && first.start >= line.from)
			attributes['data-scene'] = first.sceneNumber ?? String(this.sceneNumber(first.start));
		if (first?.type === 'section') names.push(`sp-depth-${Math.min(first.depth ?? 1, 3)}`);
		if (look.kind === 'title-page') this.drawTitle(line, names, ranges);
		ranges.push(Decoration.line({ class: names.join(' '), attributes }).range(line.from));
		this.drawWords(line, look, active, ranges);
	}

	private drawTitle(line: Line, names: string[], ranges: Range<Decoration>[]): void {
		const { state } = this.view;
		const key = titleKeyOf(line.text);
		// Lines that are set in belong to the key above them.
		let keyLine = line;
		while (titleKeyOf(keyLine.text) === null && keyLine.number > 1) keyLine = state.doc.line(keyLine.number - 1);
		const entry = titleKeyOf(keyLine.text) ?? '';
		if (/^(?:title|标题|片名|剧名)/i.test(entry) && entry.length < line.text.length) names.push('sp-title');
		if (/^(?:contact|copyright|draft date|date|revision|notes?|联系|版权|日期)/i.test(entry))
			names.push('sp-title-foot');
		if (state.sliceDoc(0, line.from).trim() === '') names.push('sp-title-first');
		if (line.number === state.doc.lines || state.doc.line(line.number + 1).text.trim() === '')
			names.push('sp-title-last');
		if (key !== null) ranges.push(titleKey.range(line.from, line.from + key.length));
	}

	private drawWords(line: Line, { kind, elements }: LineLook, active: boolean, ranges: Range<Decoration>[]): void {
		const { text } = line;
		const [first] = elements;
		const dim = active ? sign : folded;
		if (first !== undefined && marked.has(first.type)) {
			const begins = opening.exec(text)?.[0].length ?? 0;
			const isForced = first.forced === true || ['section', 'synopsis', 'lyrics'].includes(first.type);
			if (isForced && begins > 0 && begins < text.length) ranges.push(dim.range(line.from, line.from + begins));
			const ends = closing.exec(text);
			const isMark =
				ends !== null &&
				(/\^\s*$/.test(ends[0])
					? first.dual === true
					: /#\s*$/.test(ends[0])
						? first.sceneNumber !== undefined
						: first.type === 'centred');
			if (isMark && ends.index > begins) ranges.push(dim.range(line.from + ends.index, line.to));
		}
		if (kind === 'speech' && first !== undefined) ranges.push(cueName.range(first.start, Math.min(first.end, line.to)));
		if (kind === 'title-page' || kind === 'note' || kind === 'boneyard') return;
		this.drawHidden(line, ranges);
		if (!/[*_]/.test(text)) return;
		const { spans, marks } = emphasisOf(text);
		for (const span of spans)
			ranges.push(emphasis[span.kind].range(line.from + span.innerStart, line.from + span.innerEnd));
		for (const one of marks) ranges.push(dim.range(line.from + one.start, line.from + one.end));
	}

	/** Notes and boneyards inside of a line. */
	private drawHidden(line: Line, ranges: Range<Decoration>[]): void {
		const script = this.view.state.field(scriptField);
		const number = blockAfter(script, line.to) - 1;
		const start = script.starts[number] ?? 0;
		for (const stretch of script.blocks[number]?.hidden ?? []) {
			const from = Math.max(line.from, start + stretch.start);
			const to = Math.min(line.to, start + stretch.end);
			if (from < to) ranges.push(hiddenWords[stretch.kind].range(from, to));
		}
	}

	/** Which heading of the script begins here; lines are drawn in order, so that counting goes on where it stopped. */
	private sceneNumber(index: number): number {
		const { blocks, starts } = this.view.state.field(scriptField);
		const { counted } = this;
		for (let start = starts[counted.block]; start !== undefined && start <= index; start = starts[counted.block]) {
			for (const { type, start: at } of blocks[counted.block]?.elements ?? [])
				if (type === 'scene-heading') counted.headings.push(start + at);
			counted.block++;
		}
		const after = counted.headings.findLastIndex((at) => at <= index);
		return after + 1;
	}
}

/** Screenplay layout while typing. */
export const screenplay = (): Extension => [
	scriptField,
	intentField,
	ViewPlugin.fromClass(Layout, { decorations: (plugin) => plugin.decorations }),
	screenplayTheme,
];
