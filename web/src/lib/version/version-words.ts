import type { ComparedField } from '@reelroom/shared/version/board-diff.ts';
import type { Version } from '@reelroom/shared/version/version.ts';
import { StyleName } from '@reelroom/shared/style/style.ts';
import { formatDate, t } from '#lib/i18n/words.svelte.ts';
import { styleTitle } from '#lib/style/style-title.ts';

/** What a version is called. */
export const titleOf = (version: Version): string => version.name ?? t(`version.kind_${version.kind}`);

/** When a version was kept and who wrote in it. */
export function detailOf(version: Version): string {
	const names = [...new Set([version.by, ...version.authors].map(({ name }) => name || t('version.somebody')))];
	return [
		formatDate(version.at, 'both'),
		t('version.by', { names: names.join(', ') }),
		t('version.wordCount', { n: version.words }),
	].join(' · ');
}

/** A value of a shot's field for a person to read. */
export function valueWords(field: ComparedField, value: unknown): string {
	if (value === null || value === '' || value === undefined) return t('version.noValue');
	const style = field === 'style' ? StyleName.safeParse(value) : undefined;
	if (style?.success === true) return styleTitle(style.data);
	if (typeof value === 'boolean') return t(value ? 'version.yes' : 'version.no');
	if (field === 'dialogue' && Array.isArray(value))
		return (
			(value as { character: string; text: string }[])
				.map(({ character, text }) => `${character}: ${text}`)
				.join(' / ') || t('version.noValue')
		);
	if (Array.isArray(value)) return value.join(', ') || t('version.noValue');
	return String(value);
}
