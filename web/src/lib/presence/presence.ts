/** How much somebody is here: at work, without a touch for a while, or in another window. */
export const statuses = ['active', 'idle', 'away'] as const;
export type Status = (typeof statuses)[number];

/** What a window tells the others of where its person is. */
export type Place = {
	/** `script`, `bible`, `board` or `film`; empty when it was not told. */
	view: string;
	shotId: string | null;
	/** The scene of the shot or of the caret in the script. */
	sceneId: string | null;
	/** Frame of the playhead in the film; null elsewhere. */
	frame: number | null;
};

/** Somebody else who has this project open, in however many windows. */
export type Person = Place & {
	/** The window that speaks for the person: the one used last. */
	clientId: number;
	id: string;
	name: string;
	colour: string;
	status: Status;
};

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

/**
 * Everybody but this account, told in our words from the states of an awareness, which anybody may fill with anything.
 * Several windows of one person are one person: where they were used last.
 */
export function readPeople(states: ReadonlyMap<number, Record<string, unknown>>, ownAccountId: string): Person[] {
	const people = new Map<string, Person & { usedAt: number }>();
	for (const [clientId, state] of states) {
		const window = readWindow(clientId, state);
		if (window === null || window.id === ownAccountId) continue;
		const other = people.get(window.id);
		if (other === undefined || isNearer(window, other)) people.set(window.id, window);
	}
	return [...people.values()].map(({ usedAt: _usedAt, ...person }) => person).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function readWindow(clientId: number, state: Record<string, unknown>): (Person & { usedAt: number }) | null {
	const user = state.user as { id?: unknown; name?: unknown } | null | undefined;
	if (typeof user?.id !== 'string' || typeof user.name !== 'string') return null;
	const { view, shotId, sceneId, frame } = (state.place ?? {}) as Record<keyof Place, unknown>;
	const { status, usedAt } = (state.here ?? {}) as { status?: unknown; usedAt?: unknown };
	return {
		clientId,
		id: user.id,
		name: user.name.slice(0, 80),
		colour: presenceColour(user.id),
		status: statuses.find((one) => one === status) ?? 'active',
		usedAt: typeof usedAt === 'number' ? usedAt : 0,
		view: typeof view === 'string' ? view : '',
		shotId: typeof shotId === 'string' ? shotId : null,
		sceneId: typeof sceneId === 'string' ? sceneId : null,
		frame: typeof frame === 'number' && frame >= 0 ? Math.floor(frame) : null,
	};
}

function isNearer(a: Person & { usedAt: number }, b: Person & { usedAt: number }): boolean {
	const byStatus = statuses.indexOf(a.status) - statuses.indexOf(b.status);
	if (byStatus !== 0) return byStatus < 0;
	return a.usedAt === b.usedAt ? a.clientId < b.clientId : a.usedAt > b.usedAt;
}
