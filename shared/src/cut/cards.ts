import { parseFountain, type FountainScript } from '../script/fountain.ts';

/** What stands on the cards before and after the shots. */
export type FilmCards = { title: { title: string; credit: string; author: string }; endCard: string | null };

/** The cards of a film: its script's title page (else the project's name) and the last centred words, such as THE END. */
export function cardsOf(script: string, projectName: string): FilmCards {
	const { titlePage, elements } = parseFountain(script);
	const end = elements.findLast(({ type }) => type === 'centred')?.text.trim() ?? '';
	return {
		title: {
			title: entry(titlePage, 'title') || projectName,
			credit: entry(titlePage, 'credit'),
			author: entry(titlePage, 'author'),
		},
		endCard: end === '' ? null : end,
	};
}

/** What writers call the entries of a title page. */
const keys: Readonly<Record<'title' | 'credit' | 'author', readonly string[]>> = {
	title: ['title', '标题', '片名', '剧名'],
	credit: ['credit', 'credits'],
	author: ['author', 'authors', 'written by', '作者', '编剧', '改编'],
};

const entry = (titlePage: FountainScript['titlePage'], name: keyof typeof keys): string =>
	titlePage
		.find((one) => one.value.trim() !== '' && keys[name].includes(one.key.trim().toLowerCase()))
		?.value.replace(/\s+/g, ' ')
		.trim() ?? '';
