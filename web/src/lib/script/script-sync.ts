import { Annotation, ChangeSet, Facet, type ChangeSpec, type Extension } from '@codemirror/state';
import { ViewPlugin, type EditorView, type PluginValue, type ViewUpdate } from '@codemirror/view';
import { YSyncConfig, ySyncAnnotation, ySyncFacet } from 'y-codemirror.next';
import type * as Y from 'yjs';

/** Chrome reports the last letters of a composition a moment after its end. */
const settleMs = 60;

const onHold = Facet.define<(held: boolean) => void>();

/** Marks a change of the editor as one that the shared text knows already. */
export const fromShared = (config: YSyncConfig): Annotation<YSyncConfig> => ySyncAnnotation.of(config);

/**
 * Keeps the editor and the shared text the same. While an input method composes, what is typed stays in the editor alone and what others type goes on
 * arriving, each put in step with the other: half a word is shown to nobody, and no edit of somebody else breaks it.
 */
class ScriptSync implements PluginValue {
	/** Own changes which the shared text does not have yet; they begin from the shared text as it is now. */
	private held: ChangeSet | null = null;
	private timer: ReturnType<typeof setTimeout> | undefined;
	private readonly view: EditorView;
	private readonly config: YSyncConfig;
	private readonly text: Y.Text;

	constructor(view: EditorView) {
		this.view = view;
		this.config = view.state.facet(ySyncFacet);
		this.text = this.config.ytext;
		this.text.observe(this.received);
		view.contentDOM.addEventListener('compositionend', this.soon);
		view.contentDOM.addEventListener('blur', this.soon);
		addEventListener('pagehide', this.flush);
	}

	/** Where a place of the editor is in the shared text. */
	toShared(index: number): number {
		return this.held === null ? index : this.held.invertedDesc.mapPos(index);
	}
	/** Where a place of the shared text is in the editor. */
	fromShared(index: number): number {
		return this.held === null ? index : this.held.mapPos(Math.min(index, this.held.length));
	}

	update(update: ViewUpdate): void {
		const own = update.transactions.filter(
			(transaction) => transaction.docChanged && transaction.annotation(ySyncAnnotation) !== this.config,
		);
		for (const { changes } of own) this.held = this.held === null ? changes : this.held.compose(changes);
		if (this.held === null) return;
		if (this.view.compositionStarted) this.tell(true);
		else this.flush();
	}

	destroy(): void {
		// What was composed until now is what the person leaves behind.
		this.flush();
		clearTimeout(this.timer);
		this.text.unobserve(this.received);
		this.view.contentDOM.removeEventListener('compositionend', this.soon);
		this.view.contentDOM.removeEventListener('blur', this.soon);
		removeEventListener('pagehide', this.flush);
	}

	private tell(held: boolean): void {
		for (const listener of this.view.state.facet(onHold)) listener(held);
	}

	private readonly soon = (): void => {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => {
			if (!this.view.compositionStarted) this.flush();
		}, settleMs);
	};

	private readonly received = (event: Y.YTextEvent, transaction: Y.Transaction): void => {
		if (transaction.origin === this.config) return;
		const specs: ChangeSpec[] = [];
		let at = 0;
		for (const { insert, delete: removed, retain } of event.delta) {
			if (typeof insert === 'string') specs.push({ from: at, insert });
			else if (removed !== undefined) specs.push({ from: at, to: (at += removed) });
			else at += retain ?? 0;
		}
		const theirs = ChangeSet.of(specs, (this.held ?? this.view.state.doc).length, '\n');
		const changes = this.held === null ? theirs : theirs.map(this.held, true);
		if (this.held !== null) this.held = this.held.map(theirs);
		this.view.dispatch({ changes, annotations: fromShared(this.config) });
	};

	private readonly flush = (): void => {
		const { held } = this;
		if (held === null) return;
		this.held = null;
		this.text.doc?.transact(() => {
			let by = 0;
			held.iterChanges((fromA, toA, _fromB, _toB, inserted) => {
				const words = inserted.sliceString(0, inserted.length, '\n');
				if (toA > fromA) this.text.delete(fromA + by, toA - fromA);
				if (words !== '') this.text.insert(fromA + by, words);
				by += words.length - (toA - fromA);
			});
		}, this.config);
		this.tell(false);
	};
}

/** The plugin, to ask where a place is on the other side. */
export const scriptSyncPlugin = ViewPlugin.fromClass(ScriptSync);

/** Binds the editor to the shared text of a configuration; `held` hears when something typed waits for the end of a composition. */
export function scriptSync(config: YSyncConfig, held: (isHeld: boolean) => void): Extension {
	return [ySyncFacet.of(config), onHold.of(held), scriptSyncPlugin];
}
