import type { Language, Theme } from '@reelroom/shared/account/account.ts';
import { words } from '#lib/i18n/words.svelte.ts';

const year = 31_536_000;
const remember = (name: string, value: string): void => {
	document.cookie = `${name}=${value}; path=/; max-age=${year}; samesite=lax`;
};

class Appearance {
	theme = $state<Theme>('system');

	/** Shows the theme at once and keeps it on this machine. */
	setTheme(theme: Theme): void {
		this.theme = theme;
		document.documentElement.dataset.theme = theme;
		remember('theme', theme);
	}

	/** Shows the language at once and keeps it on this machine. */
	setLanguage(language: Language): void {
		words.language = language;
		document.documentElement.lang = language;
		remember('language', language);
	}
}

/** Theme and language as this window shows them. */
export const appearance = new Appearance();
