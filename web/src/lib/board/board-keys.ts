import type { StudioState } from '#lib/studio/studio-state.svelte.ts';
import { copyShot, generate, removeShot, stepShot } from '#lib/studio/actions.ts';

const isTyping = (event: KeyboardEvent): boolean =>
	event.isComposing || event.keyCode === 229 || (event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [contenteditable=""], [contenteditable="true"], [role="menu"], [role="dialog"]') !== null);

/** The cell next to the present one in a direction, by where cells stand on the screen. */
function neighbour(cells: HTMLElement[], at: number, key: string): HTMLElement | undefined {
	if (key === 'ArrowLeft') return cells[at - 1];
	if (key === 'ArrowRight') return cells[at + 1];
	const from = cells[at]?.getBoundingClientRect();
	if (from === undefined) return cells[0];
	const down = key === 'ArrowDown';
	let best: HTMLElement | undefined;
	let bestRow = Infinity;
	let bestColumn = Infinity;
	for (const cell of cells) {
		const box = cell.getBoundingClientRect();
		const row = down ? box.top - from.top : from.top - box.top;
		if (row < 8) continue;
		const column = Math.abs(box.left - from.left);
		if (row < bestRow - 4 || (row < bestRow + 4 && column < bestColumn)) [best, bestRow, bestColumn] = [cell, row, column];
	}
	return best;
}

/** Does what a key asks of the board; true when it was one of the board's keys. */
export function boardKey(studio: StudioState, event: KeyboardEvent, board: HTMLElement): boolean {
	if (event.defaultPrevented || isTyping(event)) return false;
	const shot = studio.selectedShot;
	if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'z' && studio.canEdit) {
		if (event.shiftKey) studio.undo.redo();
		else studio.undo.undo();
		return true;
	}
	if (event.ctrlKey || event.metaKey) return false;
	const target = event.target instanceof HTMLElement ? event.target : null;
	// A focused button keeps its own Enter and space; arrows and letters are the board's everywhere outside inputs.
	const onControl = target?.closest('button, a') !== null && target !== null;
	if (event.key.startsWith('Arrow')) {
		if (event.altKey) {
			if (shot === null || !studio.canEdit) return false;
			stepShot(studio, shot, event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? -1 : 1);
			return true;
		}
		const cells = [...board.querySelectorAll<HTMLElement>('[data-shot-id]')];
		const at = cells.findIndex((cell) => cell.dataset.shotId === studio.selectedShotId);
		const to = at < 0 ? cells[0] : neighbour(cells, at, event.key);
		to?.focus({ preventScroll: true });
		to?.scrollIntoView({ block: 'nearest' });
		return to !== undefined;
	}
	if (shot === null || event.altKey) return false;
	if (event.key === 'Enter' && !onControl) {
		studio.panel = 'inspector';
		return true;
	}
	if (event.key === 'Escape') {
		studio.select(null);
		return true;
	}
	if (!studio.canEdit || event.repeat) return false;
	const key = event.key.toLowerCase();
	if (key === 'g') void generate(studio, [shot.id]);
	else if (key === 'd') copyShot(studio, shot.id);
	else if (key === 'delete' || key === 'backspace') removeShot(studio, shot);
	else if (/^[1-9]$/.test(key)) {
		const take = studio.takesByShot.get(shot.id)?.find(({ number }) => number === Number(key));
		if (take === undefined) return false;
		studio.change(shot.id, { selectedTakeId: take.id });
	} else return false;
	return true;
}
