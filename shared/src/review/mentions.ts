/** Somebody who can be named in a note; whoever writes it is in the list for notes of others, and is not offered. */
export type Mentionable = { id: string; name: string; isMe?: boolean };
type Piece = { text: string; /** Who is named by it. */ mention: Mentionable | null };

/** The words between the last `@` before the caret and the caret, when somebody may be about to be named there. */
export function mentionAt(text: string, caret: number): { start: number; query: string } | null {
	const found = /(?:^|[\s(（，,。、：:])[@＠]([^\s@＠][^@＠\n]{0,40})?$/u.exec(text.slice(0, caret));
	if (found === null) return null;
	const query = found[1] ?? '';
	// Two words are the most of a name; behind them a sentence goes on.
	if (query.trim().split(/\s+/).length > 2) return null;
	return { start: caret - query.length - 1, query };
}

/** Others whose name fits what was typed so far, those whose name begins with it first. */
export function mentionChoices<T extends Mentionable>(people: readonly T[], query: string): T[] {
	// A space behind a whole name ends it: the sentence goes on.
	const wanted = query.toLocaleLowerCase();
	const rank = ({ name }: Mentionable): number => {
		const at = name.toLocaleLowerCase().indexOf(wanted);
		return at < 0 ? -1 : at === 0 ? 0 : 1;
	};
	return people
		.filter((person) => person.isMe !== true && rank(person) >= 0)
		.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
		.slice(0, 6);
}

/** The people that a text names with `@`; of two names of which one begins the other the longer counts. */
export function mentionsIn(text: string, people: readonly Mentionable[]): string[] {
	const found = new Set<string>();
	for (const { mention } of mentionPieces(text, people)) if (mention !== null) found.add(mention.id);
	return [...found];
}

/** A text cut where it names somebody. */
export function mentionPieces(text: string, people: readonly Mentionable[]): Piece[] {
	const longestFirst = people.filter(({ name }) => name !== '').sort((a, b) => b.name.length - a.name.length);
	const pieces: Piece[] = [];
	let from = 0;
	let at = 0;
	while (at < text.length) {
		const isSign = text[at] === '@' || text[at] === '＠';
		const named = isSign ? longestFirst.find(({ name }) => text.startsWith(name, at + 1)) : undefined;
		if (named === undefined) {
			at++;
			continue;
		}
		if (at > from) pieces.push({ text: text.slice(from, at), mention: null });
		const end = at + 1 + named.name.length;
		pieces.push({ text: text.slice(at, end), mention: named });
		at = from = end;
	}
	if (from < text.length) pieces.push({ text: text.slice(from), mention: null });
	return pieces;
}
