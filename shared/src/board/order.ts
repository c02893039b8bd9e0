import { generateKeyBetween } from 'fractional-indexing';

type Ordered = { id: string; order: string };

/** Sorts by key, equal keys by id, so that everybody sees one order. */
export function compareOrder(a: Ordered, b: Ordered): number {
	if (a.order !== b.order) return a.order < b.order ? -1 : 1;
	return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** A key between two neighbours (null = the end on that side). Equal or crossed neighbours, as concurrent moves make, get a key after the first. */
export function orderBetween(before: string | null, after: string | null): string {
	if (before !== null && after !== null && before >= after) return generateKeyBetween(before, null);
	return generateKeyBetween(before, after);
}
