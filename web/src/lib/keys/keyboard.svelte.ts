import { untrack } from 'svelte';
import type { keys as words } from '#lib/i18n/en/keys.ts';
import { isChord, isSingleKey, type Chord } from './chord.ts';

/** Something a person can do, told once: keys, the palette, the sheet of shortcuts and menus are made from it. */
export interface Action {
	id: string;
	/** In the present language. */
	label: string;
	group: Extract<keyof typeof words, `group_${string}`>;
	keys?: readonly Chord[];
	/** How the keys are told when they are many: `1–9`. */
	keysAs?: string;
	/** False where the role may not or there is nothing to do it to. */
	ready: boolean;
	/** Also while somebody types: only for keys that write nothing. */
	whileTyping?: boolean;
	/** Held keys repeat it. */
	repeats?: boolean;
	/** Only in the palette and for keys, never in a list of shortcuts. */
	unlisted?: boolean;
	run: (event?: KeyboardEvent) => void;
}
/** The order in which groups are told. */
const groups: readonly Action['group'][] = [
	'group_script',
	'group_shot',
	'group_play',
	'group_board',
	'group_go',
	'group_window',
];
type Source = () => readonly Action[];

const remembered = 'single-keys';
const fields =
	'input:not([type=range]), textarea, select, [contenteditable=""], [contenteditable="true"], [role="menu"]';
const controls = 'button, a, summary, video';

class Keyboard {
	#sources = $state.raw<readonly Source[]>([]);
	#singleKeys = $state(typeof localStorage === 'undefined' || localStorage.getItem(remembered) !== 'off');
	/** What is open above the page. */
	open = $state<'palette' | 'sheet' | null>(null);

	/** Everything that can be done here and now, as the components on the page tell it; the last one to come speaks first. */
	get actions(): Action[] {
		return this.#sources.flatMap((source) => source());
	}
	/** The same, group by group, for a list. */
	get listed(): Action[] {
		return this.actions.toSorted((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group));
	}
	/** Whether keys without Ctrl, ⌘ or Alt do anything. */
	get singleKeys(): boolean {
		return this.#singleKeys;
	}
	setSingleKeys(on: boolean): void {
		this.#singleKeys = on;
		localStorage.setItem(remembered, on ? 'on' : 'off');
	}
	/** Adds a table of actions; the answer takes it away. */
	register(source: Source): () => void {
		// Whoever registers from an effect must not come again when somebody else does.
		untrack(() => (this.#sources = [source, ...this.#sources]));
		return () => untrack(() => (this.#sources = this.#sources.filter((other) => other !== source)));
	}
	/** Does what the keys mean, if anything; never in the middle of a word that an input method composes. */
	press(event: KeyboardEvent, early: boolean): void {
		if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
		const target = event.target instanceof HTMLElement ? event.target : null;
		const modal = document.querySelector('dialog:modal') !== null;
		const typing = modal || target?.closest(fields) != null;
		const action = this.actions.find(
			({ keys = [], ready, whileTyping = false, repeats = false }) =>
				ready &&
				whileTyping === early &&
				(whileTyping ? !modal : !typing) &&
				(repeats || !event.repeat) &&
				keys.some((chord) => isChord(chord, event) && (this.#singleKeys || !isSingleKey(chord))),
		);
		if (action === undefined) return;
		// A focused button keeps its own Enter and space.
		if ((event.key === 'Enter' || event.key === ' ') && target?.closest(controls) != null) return;
		event.preventDefault();
		if (early) event.stopPropagation();
		action.run(event);
	}
}

/** Keys and actions of this window. */
export const keyboard = new Keyboard();
