import { t } from '#lib/i18n/words.svelte.ts';

/** What a provider is called. */
const titles: Readonly<Record<string, () => string>> = {
	sketch: () => t('usage.sketch'),
	comfyui: () => 'ComfyUI',
	openai: () => t('provider.name_openai'),
	volcengine: () => t('provider.name_volcengine'),
};
export const providerTitle = (provider: string): string =>
	Object.hasOwn(titles, provider) ? (titles[provider]?.() ?? provider) : provider;
