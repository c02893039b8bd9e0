import type { studio as words } from '../en/studio.ts';

export const studio: typeof words = {
	title: '工作室',
};
