import type { board as words } from '../en/board.ts';

export const board: typeof words = {
	title: '分镜',
};
