import type { Annotation } from '@codemirror/state';
import { ChangeSet, Facet, type ChangeSpec, type Extension } from '@codemirror/state';
import { ViewPlugin, type EditorView, type PluginValue, type ViewUpdate } from '@codemirror/view';
import type { YSyncConfig } from 'y-codemirror.next';
import { ySyncAnnotation, ySyncFacet } from 'y-codemirror.next';
import type * as Y from 'yjs';
import { HeldChanges } from './held-changes.ts';

/** Chrome reports the last letters of a composition a moment after its end. */
const settleMs = 60;

const onHold = Facet.define<(held: boolean) => void>();

/** Marks a change of the editor as one that the shared text knows already. */
export const fromShared = (config: YSyncConfig): Annotation<YSyncConfig> => ySyncAnnotation.of(config);

/**
 * Keeps the editor and the shared text the same. While an input method composes, what is typed stays in the editor alone: half a word is shown to
 * nobody. What others write elsewhere goes on arriving, put in step with it; what they do to the very line that is composed on waits until the word is
 * there, for a browser gives a composition up when the words beside it change under its hands. Nothing of either is lost, and both end with one text.
 */
class ScriptSync implements PluginValue {
	private readonly apart = new HeldChanges();
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
		return this.apart.toShared(index);
	}
	/** Where a place of the shared text is in the editor. */
	fromShared(index: number): number {
		return this.apart.fromShared(index);
	}

	update(update: ViewUpdate): void {
		const own = update.transactions.filter(
			(transaction) => transaction.docChanged && transaction.annotation(ySyncAnnotation) !== this.config,
		);
		for (const { changes } of own) this.apart.write(changes);
		if (this.apart.own === null) return;
		if (this.view.compositionStarted) this.tell(true);
		else if (this.apart.theirs === null) this.flush();
		else this.soon();
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
			if (this.view.compositionStarted) return;
			this.deliver();
			this.flush();
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
		const { own, theirs } = this.apart;
		this.apart.receive(ChangeSet.of(specs, theirs?.newLength ?? (own ?? this.view.state.doc).length, '\n'));
		if (!this.mustWait()) this.deliver();
		else if (!this.view.compositionStarted) this.soon();
	};

	/** Whether what others did touches the line on which something is composed. */
	private mustWait(): boolean {
		const { apart, view } = this;
		if (!view.compositionStarted && apart.own === null) return false;
		const { from, to } = view.state.doc.lineAt(view.state.selection.main.head);
		return apart.forEditor?.touchesRange(from, to) !== false;
	}

	/** Puts what others did into the editor, in step with what is held. */
	private deliver(): void {
		const changes = this.apart.deliver();
		if (changes !== null) this.view.dispatch({ changes, annotations: fromShared(this.config) });
	}

	private readonly flush = (): void => {
		const held = this.apart.release();
		if (held === null) return;
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
