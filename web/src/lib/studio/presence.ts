/** One of the twelve presence colours, the same for a person everywhere. */
export function presenceColour(accountId: string): string {
	let sum = 0;
	for (const character of accountId) sum = (sum * 31 + character.charCodeAt(0)) >>> 0;
	return `var(--p${(sum % 12) + 1})`;
}

/** Two letters, or one Chinese character, for an avatar. */
export function initials(name: string): string {
	const words = name.trim().split(/\s+/).filter(Boolean);
	const first = [...(words[0] ?? '?')];
	if (/[\u3400-\u9fff]/.test(first[0] ?? '')) return first[0] ?? '?';
	return ((first[0] ?? '?') + ([...(words[1] ?? '')][0] ?? first[1] ?? '')).toUpperCase();
}

/** Somebody who has this project open. */
export type Present = {
	clientId: number;
	id: string;
	name: string;
	colour: string;
	shotId: string | null;
	view: string;
};

/** Everybody else's states of an awareness, told in our words. */
export function readPresence(states: Map<number, Record<string, unknown>>, own: number): Present[] {
	const present: Present[] = [];
	for (const [clientId, state] of states) {
		if (clientId === own) continue;
		const user = state.user as { id?: unknown; name?: unknown } | undefined;
		if (typeof user?.id !== 'string' || typeof user.name !== 'string') continue;
		const { shotId, view } = (state.selected ?? {}) as { shotId?: unknown; view?: unknown };
		present.push({
			clientId,
			id: user.id,
			name: user.name.slice(0, 80),
			colour: presenceColour(user.id),
			shotId: typeof shotId === 'string' ? shotId : null,
			view: typeof view === 'string' ? view : '',
		});
	}
	return present.sort((a, b) => a.clientId - b.clientId);
}
