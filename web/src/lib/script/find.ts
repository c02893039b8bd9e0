import {
	closeSearchPanel,
	findNext,
	findPrevious,
	getSearchQuery,
	replaceAll,
	replaceNext,
	SearchQuery,
	setSearchQuery,
} from '@codemirror/search';
import type { EditorView } from '@codemirror/view';

/** More than this many are not counted. */
const mostCounted = 2000;

/** What is looked for, where the caret stands among it, and how often it is there. */
export type Found = { at: number; count: number; isAll: boolean };

/** Counts what the query of the editor finds. */
export function foundIn({ state }: EditorView): Found {
	const query = getSearchQuery(state);
	const found: Found = { at: 0, count: 0, isAll: true };
	if (!query.valid || query.search === '') return found;
	const { from, to } = state.selection.main;
	const cursor = query.getCursor(state);
	for (let next = cursor.next(); next.done !== true; next = cursor.next()) {
		found.count++;
		if (next.value.from === from && next.value.to === to) found.at = found.count;
		if (found.count >= mostCounted) return { ...found, isAll: false };
	}
	return found;
}

/** Looks for other words. */
export function look(
	view: EditorView,
	{ search, replace, caseSensitive }: { search: string; replace: string; caseSensitive: boolean },
): void {
	const query = new SearchQuery({ search, replace, caseSensitive, literal: true });
	if (!query.eq(getSearchQuery(view.state))) view.dispatch({ effects: setSearchQuery.of(query) });
}

/** What the panel does with what is found. */
export const find = {
	next: findNext,
	previous: findPrevious,
	replace: replaceNext,
	replaceAll,
	close: closeSearchPanel,
};
/** What is looked for now. */
export const lookedFor = ({ state }: EditorView): SearchQuery => getSearchQuery(state);
