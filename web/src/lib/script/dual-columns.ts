import { EditorSelection, Prec, StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state';
import {
	Decoration,
	EditorView,
	keymap,
	ViewPlugin,
	type DecorationSet,
	type PluginValue,
	type ViewUpdate,
} from '@codemirror/view';
import type { ScriptBlocks } from '@reelroom/shared/script/script-blocks.ts';
import { nearestIn, rowBeside } from './text-rows.ts';
import { scriptField } from './script-state.ts';

/** Two speeches at the same time, as stretches of whole lines. */
type Speech = { from: number; to: number };
type DualPair = { left: Speech; right: Speech };
/** How a line is drawn: `top` pixels off its place, taking up `height` of them. */
type Placed = { at: number; top: number; height: number };

const known = new WeakMap<ScriptBlocks, DualPair[]>();

/** The pairs of a script, in order. */
function dualPairs(script: ScriptBlocks): DualPair[] {
	const before = known.get(script);
	if (before !== undefined) return before;
	const pairs: DualPair[] = [];
	const speechOf = (number: number): Speech | null => {
		const block = script.blocks[number];
		const start = script.starts[number];
		const [first, last] = [block?.elements[0], block?.elements.at(-1)];
		if (start === undefined || first?.type !== 'character' || last === undefined) return null;
		return { from: start + first.start, to: start + last.end };
	};
	script.blocks.forEach(({ elements }, number) => {
		if (elements[0]?.type !== 'character' || elements[0].dual !== true) return;
		const [left, right] = [speechOf(number - 1), speechOf(number)];
		if (left !== null && right !== null && script.blocks[number - 1]?.elements[0]?.dual !== true)
			pairs.push({ left, right });
	});
	known.set(script, pairs);
	return pairs;
}

const place = StateEffect.define<{ from: number; to: number; lines: Placed[] }>();

/** Where lines are drawn that do not stand in their place; they move with the text until they are measured anew. */
const placedField = StateField.define<DecorationSet>({
	create: () => Decoration.none,
	update(lines, transaction) {
		let next = lines.map(transaction.changes);
		for (const effect of transaction.effects) {
			if (!effect.is(place)) continue;
			next = next.update({
				filterFrom: effect.value.from,
				filterTo: effect.value.to,
				filter: () => false,
				add: effect.value.lines.map(({ at, top, height }) =>
					Decoration.line({
						attributes: { style: `top: ${top}px; height: ${height}px` },
						class: 'sp-beside',
						top,
						height,
					}).range(at),
				),
			});
		}
		return next;
	},
	provide: (field) => EditorView.decorations.from(field),
});

/** Whether the second speech of a pair is drawn beside the first. */
function isBeside(state: EditorState, { right }: DualPair): boolean {
	let found = false;
	const at = state.doc.lineAt(right.from).from;
	state.field(placedField).between(at, at, () => void (found = true));
	return found;
}
const besidePairs = (state: EditorState): DualPair[] => {
	const whole = ({ from, to }: Speech): Speech => ({ from: state.doc.lineAt(from).from, to: state.doc.lineAt(to).to });
	return dualPairs(state.field(scriptField))
		.filter((pair) => isBeside(state, pair))
		.map(({ left, right }) => ({ left: whole(left), right: whole(right) }));
};

/** The lines of a stretch. */
function linesOf({ doc }: EditorState, from: number, to: number) {
	const lines = [];
	for (let line = doc.lineAt(from); ; line = doc.line(line.number + 1)) {
		lines.push(line);
		if (line.to >= to || line.number === doc.lines) return lines;
	}
}

function elementOf(view: EditorView, at: number): HTMLElement | null {
	const { node } = view.domAtPos(at);
	const element = node instanceof HTMLElement ? node : node.parentElement;
	return element?.closest<HTMLElement>('.cm-line') ?? null;
}

/** How the lines of a pair are drawn; null where one is not on the screen, none where they stay one below the other. */
function measured(view: EditorView, { left, right }: DualPair): Placed[] | null {
	const { state } = view;
	const firsts = linesOf(state, left.from, left.to);
	const seconds = linesOf(state, right.from, right.to);
	const gap = linesOf(state, left.to, right.from).slice(1, -1);
	const head = state.doc.lineAt(state.selection.main.head).number;
	// Whoever writes between them sees that there is a line.
	if (gap.some(({ number }) => number === head)) return [];
	const elements = new Map([...firsts, ...gap, ...seconds].map((line) => [line.from, elementOf(view, line.from)]));
	if ([...elements.values()].includes(null)) return null;
	const heightOf = (at: number): number => elements.get(at)?.scrollHeight ?? 0;
	// A page that ends between them keeps them apart.
	const cut = [...firsts.slice(1), ...gap, ...seconds].some(({ from }) =>
		elements.get(from)?.classList.contains('sp-page-start'),
	);
	if (cut) return [];
	const beside = firsts.reduce((sum, { from }) => sum + heightOf(from), 0);
	const placed: Placed[] = gap.map(({ from }) => ({ at: from, top: 0, height: 0 }));
	let at = 0;
	for (const { from } of seconds) {
		const height = heightOf(from);
		placed.push({
			at: from,
			top: Math.min(0, at - beside),
			height: Math.max(0, Math.min(height, at + height - beside)),
		});
		at += height;
	}
	return placed;
}

/**
 * Draws the second of two speeches at the same time beside the first, while both stay plain lines that are written in.
 * Lines keep no room but what stands out below the first speech, so that the heights the editor knows stay true.
 */
class Columns implements PluginValue {
	private readonly view: EditorView;
	constructor(view: EditorView) {
		this.view = view;
		this.ask();
	}
	update(update: ViewUpdate): void {
		if (update.docChanged || update.viewportChanged || update.geometryChanged || update.selectionSet) this.ask();
	}
	private ask(): void {
		this.view.requestMeasure({
			key: this,
			read: (view) => this.read(view),
			write: (effects, view) => {
				if (effects.length > 0) queueMicrotask(() => this.tell(view, effects));
			},
		});
	}
	private tell(view: EditorView, effects: StateEffect<unknown>[]): void {
		// Measured for this very text; another change has asked anew.
		if (view.dom.isConnected) view.dispatch({ effects });
	}
	private read(view: EditorView): StateEffect<unknown>[] {
		const { state, viewport } = view;
		const effects: StateEffect<unknown>[] = [];
		const now = state.field(placedField);
		const wanted = new Set<number>();
		for (const pair of dualPairs(state.field(scriptField))) {
			const [from, to] = [state.doc.lineAt(pair.left.from).from, state.doc.lineAt(pair.right.to).to];
			if (to < viewport.from || from > viewport.to) continue;
			const lines = measured(view, pair);
			for (const { from: at } of linesOf(state, from, to)) wanted.add(at);
			if (lines === null) continue;
			const before: string[] = [];
			now.between(from, to, (at, _to, { spec }) => void before.push(`${at} ${spec.top} ${spec.height}`));
			if (before.join() === lines.map(({ at, top, height }) => `${at} ${top} ${height}`).join()) continue;
			effects.push(place.of({ from, to, lines }));
		}
		// What is no pair any more stands in its own place again.
		now.between(viewport.from, viewport.to, (at) => {
			if (!wanted.has(at)) effects.push(place.of({ from: at, to: at, lines: [] }));
		});
		return effects;
	}
}

/** The place under a pointer that is over a second speech; null anywhere else, where the editor knows by itself. */
function placeUnder(view: EditorView, { clientX, clientY }: MouseEvent): number | null {
	for (const { left, right } of besidePairs(view.state)) {
		const top = view.coordsAtPos(left.from, 1)?.top;
		const ends = [left.to, right.to].map((at) => view.coordsAtPos(at, -1)?.bottom ?? 0);
		if (top === undefined || clientY < top || clientY > Math.max(...ends)) continue;
		const element = elementOf(view, right.to);
		const edge = element === null ? Infinity : parseFloat(getComputedStyle(element).paddingLeft);
		if (element === null || clientX < element.getBoundingClientRect().left + edge - 16) return null;
		return nearestIn(view, right, clientX, clientY);
	}
	return null;
}

const pointing = EditorView.mouseSelectionStyle.of((view, first) => {
	const begun = first.button === 0 ? placeUnder(view, first) : null;
	if (begun === null) return null;
	const startSelection = view.state.selection;
	return {
		get(event, extend) {
			const head = placeUnder(view, event) ?? view.posAtCoords({ x: event.clientX, y: event.clientY }, false);
			if (extend) return EditorSelection.single(startSelection.main.anchor, head);
			if (first.detail === 2 && head === begun) {
				const word = view.state.wordAt(begun);
				if (word !== null) return EditorSelection.create([word]);
			}
			const line = view.state.doc.lineAt(begun);
			if (first.detail > 2 && head === begun) return EditorSelection.single(line.from, line.to);
			return EditorSelection.single(begun, head);
		},
		update: () => false,
	};
});

/** Up and down go through the first speech and then the second, as they are written. */
function step(view: EditorView, by: 1 | -1, extend: boolean): boolean {
	const { state } = view;
	const { main } = state.selection;
	const from = view.coordsAtPos(main.head, main.assoc === 0 ? 1 : main.assoc);
	if (from === null || state.selection.ranges.length > 1) return false;
	const edge = view.contentDOM.getBoundingClientRect().left;
	const x = main.goalColumn === undefined ? from.left : edge + main.goalColumn;
	const go = (to: number): true => {
		const head = EditorSelection.cursor(to, 0, undefined, x - edge);
		const selection = extend ? EditorSelection.range(main.anchor, to, x - edge) : head;
		view.dispatch({ selection, scrollIntoView: true, userEvent: 'select' });
		return true;
	};
	for (const { left, right } of besidePairs(state)) {
		const own = [left, right].find(({ from: start, to }) => main.head >= start && main.head <= to);
		if (own === undefined) {
			const below = state.doc.lineAt(right.to).number + 1;
			if (by > 0 || state.doc.lineAt(main.head).number !== below) continue;
			return go(nearestIn(view, right, x, Infinity));
		}
		const within = rowBeside(view, own, from, by, x);
		if (within !== null) return go(within);
		if (own === left) return by > 0 ? go(nearestIn(view, right, x, -Infinity)) : false;
		if (by < 0) return go(nearestIn(view, left, x, Infinity));
		const last = state.doc.lineAt(right.to);
		return last.number < state.doc.lines ? go(state.doc.line(last.number + 1).from) : false;
	}
	return false;
}

/** To the beginning or the end of the row with the caret, within a second speech: the editor looks for rows where lines have room. */
function toEdge(view: EditorView, by: 1 | -1, extend: boolean): boolean {
	const { main, ranges } = view.state.selection;
	const pair = besidePairs(view.state).find(({ right }) => main.head >= right.from && main.head <= right.to);
	const row = view.coordsAtPos(main.head, main.assoc === 0 ? 1 : main.assoc);
	if (pair === undefined || row === null || ranges.length > 1) return false;
	const line = view.state.doc.lineAt(main.head);
	const to = nearestIn(view, line, by * 1e6, (row.top + row.bottom) / 2);
	const selection = extend ? EditorSelection.range(main.anchor, to) : EditorSelection.cursor(to, by > 0 ? -1 : 1);
	view.dispatch({ selection, scrollIntoView: true, userEvent: 'select' });
	return true;
}

/** Speeches at the same time stand side by side. */
export const dualColumns = (): Extension => [
	placedField,
	ViewPlugin.fromClass(Columns),
	pointing,
	Prec.high(
		keymap.of([
			{ key: 'ArrowDown', run: (view) => step(view, 1, false), shift: (view) => step(view, 1, true) },
			{ key: 'Home', run: (view) => toEdge(view, -1, false), shift: (view) => toEdge(view, -1, true) },
			{ key: 'End', run: (view) => toEdge(view, 1, false), shift: (view) => toEdge(view, 1, true) },
			{ key: 'ArrowUp', run: (view) => step(view, -1, false), shift: (view) => step(view, -1, true) },
		]),
	),
];
