import { EditorState, RangeSetBuilder, StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view';
import type { AuthorRun } from '@reelroom/shared/version/authors.ts';
import type { DiffPart } from '@reelroom/shared/version/script-diff.ts';
import { presenceColour } from '#lib/presence/presence.ts';
import { screenplay } from '#lib/script/screenplay.ts';

/** A scene that can be brought back from the version shown. */
export type Returnable = { id: string; heading: string; end: number };
export type FrozenLook = {
	text: string;
	/** Who wrote what; empty shows no colours. */
	runs: readonly AuthorRun[];
	/** What is different from another text; empty shows no differences. */
	parts: readonly DiffPart[];
	returnable: readonly Returnable[];
};
type Hooks = {
	nameOf: (accountId: string) => string;
	bringBack: (scene: Returnable) => void;
	label: string;
	back: string;
};

/** Words that are gone, where they stood. */
class Gone extends WidgetType {
	private readonly words: string;
	constructor(words: string) {
		super();
		this.words = words;
	}
	override eq(other: Gone): boolean {
		return other.words === this.words;
	}
	toDOM(): HTMLElement {
		const gone = document.createElement('del');
		gone.className = 'fs-gone';
		gone.textContent = this.words.replace(/\n{3,}/g, '\n\n').replace(/\n$/, '');
		return gone;
	}
}

/** The button beside a heading that brings its scene back. */
class Back extends WidgetType {
	private readonly scene: Returnable;
	private readonly hooks: Hooks;
	constructor(scene: Returnable, hooks: Hooks) {
		super();
		this.scene = scene;
		this.hooks = hooks;
	}
	override eq(other: Back): boolean {
		return other.scene.id === this.scene.id && other.scene.heading === this.scene.heading;
	}
	override ignoreEvent(): boolean {
		return true;
	}
	toDOM(): HTMLElement {
		const button = document.createElement('button');
		button.type = 'button';
		button.className = 'fs-back';
		button.textContent = this.hooks.back;
		button.dataset.testid = 'scene-back';
		button.dataset.sceneId = this.scene.id;
		button.onclick = () => this.hooks.bringBack(this.scene);
		return button;
	}
}

const setMarks = StateEffect.define<DecorationSet>();
const marks = StateField.define<DecorationSet>({
	create: () => Decoration.none,
	update(current, transaction) {
		for (const effect of transaction.effects) if (effect.is(setMarks)) return effect.value;
		return current;
	},
	provide: (field) => EditorView.decorations.from(field),
});

const look = EditorView.theme({
	'.fs-author': {
		borderBottom: '2px solid var(--c)',
		backgroundColor: 'color-mix(in oklch, var(--c) 14%, transparent)',
	},
	'.fs-added': { backgroundColor: 'var(--ok-soft)', boxShadow: 'inset 0 -2px 0 var(--ok)' },
	'.fs-gone': {
		whiteSpace: 'pre-wrap',
		color: 'var(--text-2)',
		backgroundColor: 'var(--danger-soft)',
		textDecorationColor: 'var(--danger)',
	},
	'.fs-back': {
		marginLeft: '12px',
		padding: '0 10px',
		minHeight: '24px',
		verticalAlign: 'baseline',
		font: 'var(--t-12)',
		color: 'var(--text-2)',
		border: '1px solid var(--line-strong)',
		borderRadius: 'var(--r)',
	},
	'.fs-back:hover': { color: 'var(--text)', borderColor: 'var(--control)' },
});

/** A script that can be read and not changed, with who wrote what and what is different. */
export function createFrozenScript(parent: HTMLElement, hooks: Hooks) {
	const extensions: Extension[] = [
		screenplay(),
		marks,
		look,
		EditorView.lineWrapping,
		EditorState.readOnly.of(true),
		EditorView.editable.of(false),
		EditorView.contentAttributes.of({ 'aria-label': hooks.label, tabindex: '0', 'aria-readonly': 'true' }),
	];
	const view = new EditorView({ parent, state: EditorState.create({ doc: '', extensions }) });
	return {
		show(frozen: FrozenLook): void {
			const old = view.state.doc.toString();
			view.dispatch({
				...(old === frozen.text ? {} : { changes: { from: 0, to: old.length, insert: frozen.text } }),
				effects: setMarks.of(decorate(frozen, hooks)),
			});
		},
		destroy: () => view.destroy(),
	};
}

function decorate({ text, runs, parts, returnable }: FrozenLook, hooks: Hooks): DecorationSet {
	const found: { from: number; to: number; value: Decoration }[] = [];
	for (const { start, end, accountId } of runs) {
		if (accountId === null) continue;
		const attributes = { style: `--c:${presenceColour(accountId)}`, title: hooks.nameOf(accountId) };
		// Line ends are nobody's to see, and a mark over many lines would be cut by them anyway.
		for (const [from, to] of inkOf(text, start, end))
			found.push({ from, to, value: Decoration.mark({ class: 'fs-author', attributes }) });
	}
	let at = 0;
	for (const { kind, text: words } of parts) {
		if (kind === 'removed') {
			if (words.trim() !== '')
				found.push({ from: at, to: at, value: Decoration.widget({ widget: new Gone(words), side: -1 }) });
			continue;
		}
		if (kind === 'added')
			for (const [from, to] of inkOf(text, at, at + words.length))
				found.push({ from, to, value: Decoration.mark({ class: 'fs-added' }) });
		at += words.length;
	}
	for (const scene of returnable)
		found.push({
			from: scene.end,
			to: scene.end,
			value: Decoration.widget({ widget: new Back(scene, hooks), side: 1 }),
		});
	const builder = new RangeSetBuilder<Decoration>();
	found.sort((a, b) => a.from - b.from || a.value.startSide - b.value.startSide || a.to - b.to);
	for (const { from, to, value } of found) builder.add(from, to, value);
	return builder.finish();
}

/** The stretches of a range without its line ends. */
function inkOf(text: string, start: number, end: number): [number, number][] {
	const stretches: [number, number][] = [];
	for (let from = start; from < end;) {
		const line = text.indexOf('\n', from);
		const to = line < 0 ? end : Math.min(line, end);
		if (to > from) stretches.push([from, to]);
		from = to + 1;
	}
	return stretches;
}
