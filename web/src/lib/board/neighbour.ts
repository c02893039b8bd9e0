export type Direction = 'left' | 'right' | 'up' | 'down';

/** The cell next to the present one (index `at`, -1 for none) in a direction, by where cells stand on the screen. */
export function neighbour(cells: readonly HTMLElement[], at: number, direction: Direction): HTMLElement | undefined {
	const from = cells[at]?.getBoundingClientRect();
	if (from === undefined) return cells[0];
	if (direction === 'left') return cells[at - 1];
	if (direction === 'right') return cells[at + 1];
	let best: HTMLElement | undefined;
	let bestRow = Infinity;
	let bestColumn = Infinity;
	for (const cell of cells) {
		const box = cell.getBoundingClientRect();
		const row = direction === 'down' ? box.top - from.top : from.top - box.top;
		if (row < 8) continue;
		const column = Math.abs(box.left - from.left);
		if (row < bestRow - 4 || (row < bestRow + 4 && column < bestColumn))
			[best, bestRow, bestColumn] = [cell, row, column];
	}
	return best;
}
