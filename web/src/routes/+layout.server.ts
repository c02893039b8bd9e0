import type { LayoutServerLoad } from './$types';

/** Language and theme of this request. */
export const load: LayoutServerLoad = ({ locals }) => ({ language: locals.language, theme: locals.theme });
