import type { script as words } from '../en/script.ts';

export const script: typeof words = {
	title: '剧本',
};
