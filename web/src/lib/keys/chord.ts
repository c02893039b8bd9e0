/** Keys as they are written in the tables of actions: `mod+shift+z`, `g`, `?`, `alt+arrowleft`; `mod` is ⌘ on a Mac and Ctrl elsewhere. */
export type Chord = string;

const isMac = (): boolean => typeof navigator !== 'undefined' && /Mac|iP(?:hone|ad|od)/.test(navigator.platform);
const names: Record<string, string> = {
	arrowleft: '←',
	arrowright: '→',
	arrowup: '↑',
	arrowdown: '↓',
	enter: '↵',
	' ': '␣',
	delete: 'Del',
	backspace: '⌫',
	escape: 'Esc',
	home: 'Home',
	end: 'End',
};

/** The key that was pressed, as a chord's last part; a letter of another alphabet counts as the one printed beside it. */
function keyOf({ key, code, altKey }: KeyboardEvent): string {
	if (key.length === 1 && key.charCodeAt(0) > 127 && /^Key[A-Z]$/.test(code)) return code.slice(3).toLowerCase();
	// With Alt a number row writes other signs on many keyboards.
	if (altKey && /^Digit[0-9]$/.test(code)) return code.slice(5);
	return key.toLowerCase();
}

/** Whether an event is this chord. Signs such as `?` are named as typed, so that shift does not count for them. */
export function isChord(chord: Chord, event: KeyboardEvent): boolean {
	const parts = chord === ' ' ? [' '] : chord.split('+');
	const key = parts.at(-1) ?? '';
	const has = (part: string): boolean => parts.includes(part);
	const mod = isMac() ? event.metaKey : event.ctrlKey;
	const otherMod = isMac() ? event.ctrlKey : event.metaKey;
	if (keyOf(event) !== key || otherMod || mod !== has('mod') || event.altKey !== has('alt')) return false;
	return event.shiftKey === has('shift') || /^[^a-z0-9 ]$/.test(key);
}

/** One key without Ctrl, ⌘ or Alt that writes a character: what WCAG 2.1.4 wants to be able to switch off. */
export const isSingleKey = (chord: Chord): boolean => /^(?:shift\+)?[^ ]$/.test(chord);

/** The chord for a person: `⌘⇧Z` on a Mac, `Ctrl Shift Z` elsewhere. */
export function chordWords(chord: Chord): string {
	const mac = isMac();
	const words = (chord === ' ' ? [' '] : chord.split('+')).map((part) => {
		if (part === 'mod') return mac ? '⌘' : 'Ctrl';
		if (part === 'alt') return mac ? '⌥' : 'Alt';
		if (part === 'shift') return mac ? '⇧' : 'Shift';
		return names[part] ?? part.toUpperCase();
	});
	return words.join(mac ? '' : ' ');
}
