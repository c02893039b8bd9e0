import { parseFountain, type FountainScript } from '../script/fountain.ts';

/** What stands on the cards before and after the shots. */
export type FilmCards = { title: { title: string; credit: string; author: string }; endCard: string | null };

/** The cards of a film: its script's title page (else the project's name) and the last centred words, such as THE END. */
export function cardsOf(script: string, projectName: string): FilmCards {
	const { titlePage, elements } = parseFountain(script);
	const end = elements.findLast(({ type }) => type === 'centred')?.text.trim() ?? '';
	return {
		title: { title: entry(titlePage, 'title') || projectName, credit: entry(titlePage, 'credit'), author: entry(titlePage, 'author') || entry(titlePage, 'authors') },
		endCard: end === '' ? null : end,
	};
}

const entry = (titlePage: FountainScript['titlePage'], key: string): string =>
	titlePage.find((one) => one.key.toLowerCase() === key)?.value.replace(/\s+/g, ' ').trim() ?? '';
