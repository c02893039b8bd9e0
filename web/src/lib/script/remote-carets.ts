import { StateEffect, type Extension, type Range } from '@codemirror/state';
import {
	Decoration,
	EditorView,
	ViewPlugin,
	WidgetType,
	type DecorationSet,
	type PluginValue,
	type ViewUpdate,
} from '@codemirror/view';
import { ySyncFacet, type YSyncConfig } from 'y-codemirror.next';
import * as Y from 'yjs';
import { presenceColour } from '#lib/presence/presence.ts';
import { scriptSyncPlugin } from './script-sync.ts';

/** How often others are told where this caret is. */
const tellMs = 60;
const looked = StateEffect.define<null>();

class Caret extends WidgetType {
	readonly name: string;
	readonly colour: string;
	/** Counts the moves of this caret: a moved one shows its flag anew. */
	readonly moves: number;
	constructor(name: string, colour: string, moves: number) {
		super();
		this.name = name;
		this.colour = colour;
		this.moves = moves;
	}
	override eq(other: Caret): boolean {
		return other.name === this.name && other.colour === this.colour && other.moves === this.moves;
	}
	override toDOM(): HTMLElement {
		const caret = document.createElement('span');
		caret.className = 'sp-caret';
		caret.style.setProperty('--c', this.colour);
		caret.setAttribute('aria-hidden', 'true');
		// The name is drawn, not written: it is no word of the script.
		caret.dataset.name = this.name;
		return caret;
	}
	override ignoreEvent(): boolean {
		return true;
	}
}

type Cursor = { anchor: unknown; head: unknown };
const isCursor = (value: unknown): value is Cursor =>
	typeof value === 'object' && value !== null && 'anchor' in value && 'head' in value;

/** Shows where the others write, and tells them where this person does. */
class RemoteCarets implements PluginValue {
	decorations: DecorationSet = Decoration.none;
	private readonly view: EditorView;
	private readonly config: YSyncConfig;
	private readonly seen = new Map<number, { sign: string; moves: number }>();
	private told = '';
	private timer: ReturnType<typeof setTimeout> | undefined;
	private lookTimer: ReturnType<typeof setTimeout> | undefined;

	constructor(view: EditorView) {
		this.view = view;
		this.config = view.state.facet(ySyncFacet);
		this.config.awareness.on('change', this.changed);
		this.look();
	}

	update(update: ViewUpdate): void {
		if (update.docChanged) this.decorations = this.decorations.map(update.changes);
		const isLook = update.transactions.some(({ effects }) => effects.some((effect) => effect.is(looked)));
		if (isLook || (update.docChanged && this.seen.size > 0)) this.look();
		if (update.selectionSet || update.docChanged || update.focusChanged) this.timer ??= setTimeout(this.tell, tellMs);
	}

	destroy(): void {
		clearTimeout(this.timer);
		clearTimeout(this.lookTimer);
		this.config.awareness.off('change', this.changed);
		if (this.config.awareness.getLocalState() !== null) this.config.awareness.setLocalStateField('cursor', null);
	}

	private readonly changed = (change: { added: number[]; updated: number[]; removed: number[] }): void => {
		const own = this.config.awareness.clientID;
		if ([...change.added, ...change.updated, ...change.removed].every((id) => id === own)) return;
		this.lookTimer ??= setTimeout(() => {
			this.lookTimer = undefined;
			this.view.dispatch({ effects: looked.of(null) });
		}, 16);
	};

	private readonly tell = (): void => {
		this.timer = undefined;
		const { awareness, ytext } = this.config;
		if (awareness.getLocalState() === null) return;
		const { main } = this.view.state.selection;
		const sync = this.view.plugin(scriptSyncPlugin);
		if (!this.view.hasFocus || sync === null) return;
		const place = (index: number) => Y.createRelativePositionFromTypeIndex(ytext, sync.toShared(index));
		const head = place(main.head);
		const cursor = { anchor: main.empty ? head : place(main.anchor), head };
		const sign = JSON.stringify(cursor);
		if (sign === this.told) return;
		this.told = sign;
		awareness.setLocalStateField('cursor', cursor);
	};

	private index(place: unknown): number | null {
		const { doc } = this.config.ytext;
		if (doc === null || typeof place !== 'object' || place === null) return null;
		try {
			const found = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(place), doc);
			if (found === null || found.type !== this.config.ytext) return null;
			const at = this.view.plugin(scriptSyncPlugin)?.fromShared(found.index) ?? found.index;
			return Math.min(at, this.view.state.doc.length);
		} catch {
			return null; // A place that a broken program sent is nowhere.
		}
	}

	private look(): void {
		const ranges: Range<Decoration>[] = [];
		const { awareness } = this.config;
		const here = new Set<number>();
		for (const [client, state] of awareness.getStates()) {
			const cursor: unknown = state.cursor;
			const user = state.user as { id?: unknown; name?: unknown } | undefined;
			if (client === awareness.clientID || !isCursor(cursor) || typeof user?.id !== 'string') continue;
			const [anchor, head] = [this.index(cursor.anchor), this.index(cursor.head)];
			if (anchor === null || head === null) continue;
			here.add(client);
			const sign = JSON.stringify(cursor.head);
			const known = this.seen.get(client);
			const moves = known === undefined ? 1 : known.sign === sign ? known.moves : known.moves + 1;
			this.seen.set(client, { sign, moves });
			const colour = presenceColour(user.id);
			const name = typeof user.name === 'string' ? user.name.slice(0, 80) : '';
			if (anchor !== head)
				ranges.push(
					Decoration.mark({ class: 'sp-theirs', attributes: { style: `--c: ${colour}` } }).range(
						Math.min(anchor, head),
						Math.max(anchor, head),
					),
				);
			ranges.push(
				Decoration.widget({ widget: new Caret(name, colour, moves), side: head > anchor ? -1 : 1 }).range(head),
			);
		}
		for (const client of this.seen.keys()) if (!here.has(client)) this.seen.delete(client);
		this.decorations = Decoration.set(ranges, true);
	}
}

/** The carets and selections of everybody else, with names that fade when they rest. */
export function remoteCarets(): Extension {
	return [ViewPlugin.fromClass(RemoteCarets, { decorations: (plugin) => plugin.decorations }), look];
}

const look = EditorView.baseTheme({
	'.sp-theirs': { backgroundColor: 'color-mix(in oklch, var(--c) 26%, transparent)' },
	'.sp-caret': {
		position: 'relative',
		borderLeft: '2px solid var(--c)',
		marginLeft: '-1px',
		marginRight: '-1px',
		pointerEvents: 'auto',
	},
	'.sp-caret::after': {
		content: 'attr(data-name)',
		position: 'absolute',
		bottom: '100%',
		left: '-2px',
		padding: '0 5px',
		font: 'var(--t-11)',
		textIndent: '0',
		letterSpacing: '0',
		textTransform: 'none',
		whiteSpace: 'nowrap',
		color: 'var(--on-presence)',
		backgroundColor: 'var(--c)',
		borderRadius: 'var(--r) var(--r) var(--r) 0',
		pointerEvents: 'none',
		userSelect: 'none',
		zIndex: '5',
		opacity: '0',
		animation: 'sp-flag-fades var(--flag) var(--ease)',
	},
	'.sp-caret:hover::after': { opacity: '1' },
	'@keyframes sp-flag-fades': { '0%, 80%': { opacity: '1' }, '100%': { opacity: '0' } },
});
