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
	/** False where the role may not or there is nothing to do it to; asked only of what the keys mean, so it may be a getter that looks around. */
	readonly ready: boolean;
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
/** A table of actions, and a long one of places to go to, which have no keys: no key press looks through it. */
type Table = { source: Source; places: Source };
const none: Source = () => [];

const remembered = 'single-keys';
const fields =
	'input:not([type=range]), textarea, select, [contenteditable=""], [contenteditable="true"], [role="menu"]';
const controls = 'button, a, summary, video';

/** Whether a key writes a sign where something can be written. */
const isSign = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
	[...key].length === 1 && !ctrlKey && !metaKey && !altKey;

class Keyboard {
	#tables = $state.raw<readonly Table[]>([]);
	#singleKeys = $state(typeof localStorage === 'undefined' || localStorage.getItem(remembered) !== 'off');
	/** What is open above the page. */
	open = $state<'palette' | 'sheet' | null>(null);

	/** Everything that can be done here and now, as the components on the page tell it; the last one to come speaks first. */
	get actions(): Action[] {
		return this.#tables.flatMap(({ source, places }) => [...source(), ...places()]);
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
	/** Adds a table of actions, and one of places that no key leads to; the answer takes them away. */
	register(source: Source, places = none): () => void {
		const table = { source, places };
		// Whoever registers from an effect must not come again when somebody else does.
		untrack(() => (this.#tables = [table, ...this.#tables]));
		return () => untrack(() => (this.#tables = this.#tables.filter((other) => other !== table)));
	}
	/** Does what the keys mean, if anything; never in the middle of a word that an input method composes. */
	press(event: KeyboardEvent, early: boolean): void {
		if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
		const target = event.target instanceof HTMLElement ? event.target : null;
		const isField = target?.closest(fields) != null;
		// The way of every letter that is written: it belongs to the field, whatever the tables say.
		if (isField && (!early || isSign(event))) return;
		const modal = document.querySelector('dialog:modal') !== null;
		const typing = modal || isField;
		const isAsked = (action: Action): boolean => {
			const { keys = [], whileTyping = false, repeats = false } = action;
			return (
				whileTyping === early &&
				(whileTyping ? !modal : !typing) &&
				(repeats || !event.repeat) &&
				keys.some((chord) => isChord(chord, event) && (this.#singleKeys || !isSingleKey(chord))) &&
				action.ready
			);
		};
		const action = this.#tables.flatMap(({ source }) => source()).find(isAsked);
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
