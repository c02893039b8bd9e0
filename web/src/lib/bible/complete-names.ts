import type { Asset } from '@reelroom/shared/bible/asset.ts';

/** A name that may be put in place of the words from `start` to the caret. */
export type NameChoice = { id: string; asset: Asset; label: string; insert: string };

const most = 8;
const folded = (text: string): string => text.toLowerCase();
const isLatin = (char: string | undefined): boolean => char !== undefined && /[\p{Script=Latin}\d]/u.test(char);
/** A name of Latin letters is followed by a space, so that one may write on. */
const spaced = (mention: string): string => (isLatin(mention.at(-1)) ? `${mention} ` : mention);

/** What `@` and the letters behind it may mean where the caret stands: names of the bible, behind `/` the variants of the one that is named; null where no mention is being written. */
export function completeNames(
	assets: readonly Asset[],
	text: string,
	caret: number,
): { start: number; choices: NameChoice[] } | null {
	const found = /[@＠]([^@＠\n]{0,60})$/u.exec(text.slice(0, caret));
	if (found === null || /[A-Za-z0-9._-]/.test(text[found.index - 1] ?? '')) return null;
	const query = folded(found[1] ?? '');
	const named = assets.flatMap((asset) => [asset.name, ...asset.aliases].map((name) => ({ asset, name })));
	const variants = named
		.filter(({ name }) => query.startsWith(`${folded(name)}/`))
		.flatMap(({ asset, name }) =>
			asset.variants
				.filter((variant) => folded(variant.name).startsWith(query.slice(name.length + 1)))
				.map((variant) => ({
					id: variant.id,
					asset,
					label: `${name}/${variant.name}`,
					insert: spaced(`@${name}/${variant.name}`),
				})),
		);
	const begins = (name: string): boolean =>
		folded(name).startsWith(query) ||
		folded(name)
			.split(/\s+/)
			.some((word) => query !== '' && word.startsWith(query));
	const names = named
		.filter(({ name }) => name !== '' && begins(name))
		.map(({ asset, name }) => ({ id: `${asset.id}/${name}`, asset, label: name, insert: spaced(`@${name}`) }));
	const choices = [...variants, ...names].slice(0, most);
	return choices.length === 0 ? null : { start: found.index, choices };
}
