import type { EditorView, Rect } from '@codemirror/view';

type Stretch = { from: number; to: number };
type Spot = { at: number; rect: Rect };

/** Where every place of a stretch is drawn. */
function spotsOf(view: EditorView, { from, to }: Stretch): Spot[] {
	const spots: Spot[] = [];
	for (let at = from; at <= to; at++) {
		const rect = view.coordsAtPos(at, 1) ?? view.coordsAtPos(at, -1);
		if (rect !== null) spots.push({ at, rect });
	}
	return spots;
}

const middleOf = ({ top, bottom }: Rect): number => (top + bottom) / 2;
const nearest = (spots: readonly Spot[], distance: (spot: Spot) => number): Spot | null =>
	spots.reduce<Spot | null>((best, spot) => (best === null || distance(spot) < distance(best) ? spot : best), null);

/** The place of a stretch that is drawn nearest to a point: first its row, then within it. */
export function nearestIn(view: EditorView, stretch: Stretch, x: number, y: number): number {
	const spots = spotsOf(view, stretch);
	const far = Math.max(-1e6, Math.min(y, 1e6));
	const row = nearest(spots, ({ rect }) => Math.abs(middleOf(rect) - far));
	if (row === null) return stretch.from;
	const inRow = spots.filter(({ rect }) => Math.abs(middleOf(rect) - middleOf(row.rect)) < 4);
	return nearest(inRow, ({ rect }) => Math.abs(rect.left - x))?.at ?? stretch.from;
}

/** The place of a stretch one row below or above a drawn one; null where it has no such row. */
export function rowBeside(view: EditorView, stretch: Stretch, from: Rect, by: 1 | -1, x: number): number | null {
	const beyond = spotsOf(view, stretch).filter(({ rect }) => by * (middleOf(rect) - middleOf(from)) > 4);
	const row = nearest(beyond, ({ rect }) => by * middleOf(rect));
	return row === null ? null : nearestIn(view, stretch, x, middleOf(row.rect));
}
