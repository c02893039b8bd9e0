/** A side pane: its bounds and its width in the design, in CSS pixels. */
export const panes = {
	scenes: { least: 180, most: 420, usual: 236 },
	inspector: { least: 280, most: 560, usual: 332 },
} as const;
export type Pane = keyof typeof panes;

const remembered = (pane: Pane): string => `pane-${pane}`;
function read(pane: Pane): number | null {
	const { least, most } = panes[pane];
	const width = Number(localStorage.getItem(remembered(pane)));
	return width >= least && width <= most ? width : null;
}

/** Widths of the side panes as this browser remembers them; null is the design's. */
export class PaneWidths {
	scenes = $state(read('scenes'));
	inspector = $state(read('inspector'));

	set(pane: Pane, width: number | null): void {
		this[pane] = width;
		if (width === null) localStorage.removeItem(remembered(pane));
		else localStorage.setItem(remembered(pane), String(width));
	}
}
