/** Choosing what draws. */
export const provider = {
	drawnBy: 'Drawn by',
};
