import type { Language } from '@reelroom/shared/account/account.ts';

/** The language of ours that an Accept-Language header (or `navigator.languages` joined) asks for first. */
export function languageFrom(accepted: string | null): Language {
	for (const part of (accepted ?? '').split(',')) {
		const tag = part.split(';')[0]?.trim().toLowerCase() ?? '';
		if (tag.startsWith('zh')) return 'zh-CN';
		if (tag.startsWith('en')) return 'en';
	}
	return 'en';
}
