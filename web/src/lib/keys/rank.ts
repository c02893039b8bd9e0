/** How well words fit what was typed: 0 not at all; the beginning of a word counts more than its middle, all of it more than letters apart. */
export function fit(words: string, asked: string): number {
	const text = words.toLowerCase();
	const wanted = asked.toLowerCase().trim();
	if (wanted === '') return 1;
	const place = text.indexOf(wanted);
	if (place === 0) return 4;
	if (place > 0) return /[\p{L}\p{N}]/u.test(text[place - 1] ?? '') && !/\p{Script=Han}/u.test(wanted[0] ?? '') ? 2 : 3;
	// Each word that was typed begins some word: `gen miss` finds “Generate all missing”.
	const parts = wanted.split(/\s+/);
	if (parts.every((part) => text.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(part)))) return 2;
	let from = 0;
	for (const letter of wanted) {
		from = text.indexOf(letter, from) + 1;
		if (from === 0) return 0;
	}
	return wanted.length > 2 ? 1 : 0;
}

/** The items that fit, best first, else in their own order. */
export function rank<T>(items: readonly T[], asked: string, wordsOf: (item: T) => string): T[] {
	return items
		.map((item, place) => ({ item, place, score: fit(wordsOf(item), asked) }))
		.filter(({ score }) => score > 0)
		.sort((a, b) => b.score - a.score || a.place - b.place)
		.map(({ item }) => item);
}
