import { parseFountain } from './fountain.ts';
import { risingPairs, tokensOf } from './text-edits.ts';

/** A stretch of a script from one heading up to the next; the first one is what stands before any heading. */
export type ScriptPart = { heading: string; start: number; text: string };

/** Cuts a script at its headings; the parts together are the whole text. */
export function scriptPartsOf(text: string): ScriptPart[] {
	const headings = parseFountain(text).elements.filter(({ type }) => type === 'scene-heading');
	const starts = [0, ...headings.map(({ start }) => start)];
	return starts.map((start, at) => ({
		heading: at === 0 ? '' : (headings[at - 1]?.text ?? ''),
		start,
		text: text.slice(start, starts[at + 1]),
	}));
}

/** What became of the parts of a script in another one; places are those in the two lists. */
export type ScriptMatch = {
	/** Old and new place of every scene that is in both, in new order. */
	pairs: { before: number; after: number; moved: boolean }[];
	/** New scenes that were cut off an old one. */
	splits: Map<number, number>;
	/** Old scenes whose words went into a new one. */
	merges: Map<number, number>;
};

const shingleTokens = 3;
/** Words that stand in more scenes than this tell none of them apart. */
const mostHolders = 24;
const leastScore = 0.3;
const leastShare = 0.5;

type Traits = { heading: string; headingTokens: Set<string>; shingles: Set<string>; text: string };

const wordsOf = (text: string): string[] => tokensOf(text.toLowerCase()).filter((token) => /[\p{L}\p{N}]/u.test(token));

function traitsOf({ heading, text }: ScriptPart): Traits {
	const newline = text.indexOf('\n');
	const tokens = wordsOf(newline < 0 ? '' : text.slice(newline));
	const shingles = new Set<string>();
	for (let at = 0; at + shingleTokens <= tokens.length; at += 1)
		shingles.add(tokens.slice(at, at + shingleTokens).join(' '));
	if (shingles.size === 0 && tokens.length > 0) shingles.add(tokens.join(' '));
	return { heading, headingTokens: new Set(wordsOf(heading)), shingles, text: text.trim() };
}

function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
	const [small, large] = a.size < b.size ? [a, b] : [b, a];
	let count = 0;
	for (const one of small) if (large.has(one)) count += 1;
	return count;
}

/** How alike two sets are, 0 to 1. */
const likeness = (a: ReadonlySet<string>, b: ReadonlySet<string>): number =>
	a.size + b.size === 0 ? 1 : (2 * shared(a, b)) / (a.size + b.size);

function scoreOf(a: Traits, b: Traits): number {
	if (a.text === b.text) return 2;
	const headings = a.heading === b.heading ? 1 : likeness(a.headingTokens, b.headingTokens);
	if (a.shingles.size === 0 || b.shingles.size === 0) return headings * 0.6;
	return 0.35 * headings + 0.65 * likeness(a.shingles, b.shingles);
}

/** Where each sign of a scene occurs: its shingles, and its heading as a whole. */
function indexOf(traits: readonly Traits[]): Map<string, number[]> {
	const index = new Map<string, number[]>();
	traits.forEach(({ heading, shingles }, place) => {
		for (const sign of [`#${heading}`, ...shingles]) {
			const holders = index.get(sign);
			if (holders === undefined) index.set(sign, [place]);
			else if (holders.length <= mostHolders) holders.push(place);
		}
	});
	return index;
}

/** The old scenes that share something with a new one, those that share most first. */
function candidatesFor({ heading, shingles }: Traits, index: Map<string, number[]>): number[] {
	const counts = new Map<number, number>();
	for (const sign of [`#${heading}`, ...shingles]) {
		const holders = index.get(sign) ?? [];
		if (holders.length <= mostHolders || sign.startsWith('#'))
			for (const place of holders) counts.set(place, (counts.get(place) ?? 0) + 1);
	}
	return [...counts]
		.sort((a, b) => b[1] - a[1])
		.slice(0, mostHolders)
		.map(([place]) => place);
}

/**
 * Finds the scenes of one script in another by their headings and words, whatever was moved, renamed, rewritten, split or joined: the surest pairs
 * first, of equals those that stand at the like place. Every scene is in at most one pair; the part before any heading is in none.
 */
export function matchScripts(before: readonly ScriptPart[], after: readonly ScriptPart[]): ScriptMatch {
	const old = before.slice(1).map(traitsOf);
	const fresh = after.slice(1).map(traitsOf);
	const index = indexOf(old);
	const scored: { before: number; after: number; score: number }[] = [];
	const candidates = fresh.map((traits) => candidatesFor(traits, index));
	fresh.forEach((traits, place) => {
		for (const other of candidates[place] ?? []) {
			const found = old[other];
			if (found === undefined) continue;
			const score = scoreOf(found, traits);
			const apart = Math.abs(other / old.length - place / fresh.length);
			if (score >= leastScore) scored.push({ before: other, after: place, score: score + 0.1 * (1 - apart) });
		}
	});
	scored.sort((a, b) => b.score - a.score || a.after - b.after || a.before - b.before);
	const ofOld = new Map<number, number>();
	const ofFresh = new Map<number, number>();
	for (const pair of scored) {
		if (ofOld.has(pair.before) || ofFresh.has(pair.after)) continue;
		ofOld.set(pair.before, pair.after);
		ofFresh.set(pair.after, pair.before);
	}
	const inOrder = [...ofFresh].sort((a, b) => a[0] - b[0]);
	const still = new Set(risingPairs(inOrder).map(([place]) => place));
	/** The scene of the other script that holds most of these words, when it holds enough of them. */
	const holder = (traits: Traits, others: readonly Traits[], places: Iterable<number>): number | undefined => {
		let best: { place: number; share: number } | undefined;
		for (const place of places) {
			const share = shared(traits.shingles, others[place]?.shingles ?? new Set()) / Math.max(1, traits.shingles.size);
			if (share >= leastShare && share > (best?.share ?? 0)) best = { place, share };
		}
		return best?.place;
	};
	const splits = new Map<number, number>();
	fresh.forEach((traits, place) => {
		if (ofFresh.has(place)) return;
		const from = holder(traits, old, candidates[place] ?? []);
		if (from !== undefined) splits.set(place + 1, from + 1);
	});
	const merges = new Map<number, number>();
	const backward = indexOf(fresh);
	old.forEach((traits, place) => {
		if (ofOld.has(place)) return;
		const into = holder(traits, fresh, candidatesFor(traits, backward));
		if (into !== undefined) merges.set(place + 1, into + 1);
	});
	return {
		pairs: inOrder.map(([place, from]) => ({ before: from + 1, after: place + 1, moved: !still.has(place) })),
		splits,
		merges,
	};
}
