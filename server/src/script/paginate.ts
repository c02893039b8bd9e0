import type { Block, SetLine } from './set-blocks.ts';

/** A line at its row of a page, counted from the top margin. */
export type PlacedLine = SetLine & { row: number; sceneNumber?: string };
export type Page = PlacedLine[];
/** Sets the words at the foot and head of a speech that is broken by a page. */
export type Broken = { more: () => SetLine[]; continued: (block: Block) => SetLine[] };

const heightOf = ({ lines, right }: Block): number => Math.max(lines.length, right.length);
/** Fewer lines are not left alone at either side of a page break. */
const together = 2;

/** How many lines of a block must stand on the page on which it begins. */
function opening(block: Block | undefined): number {
	if (block === undefined || block.kind === 'page-break') return 0;
	const height = heightOf(block);
	if (block.kind === 'dual') return height;
	const least = block.kind === 'speech' ? together + 2 : together;
	return block.before + (height < least + together ? height : least);
}

/** Lays blocks out on pages of so many rows: no heading without what follows, no lone lines, speeches that go on overleaf. */
export function paginate(blocks: readonly Block[], rows: number, broken: Broken): Page[] {
	const pages: Page[] = [[]];
	let used = 0;
	const page = (): Page => pages.at(-1) ?? [];
	const turn = (): void => {
		pages.push([]);
		used = 0;
	};
	const put = (lines: readonly SetLine[], sceneNumber?: string): void => {
		for (const [at, line] of lines.entries()) {
			page().push({ ...line, row: used, ...(at === 0 && sceneNumber !== undefined ? { sceneNumber } : {}) });
			used += 1;
		}
	};
	const gap = (block: Block): number => (used === 0 ? 0 : block.before);

	/** How many lines of a speech fit above `(MORE)`; 0 when it must not be broken here. */
	function linesAbove(lines: readonly SetLine[], room: number, isStart: boolean): number {
		let count = Math.min(room - 1, lines.length - together);
		// Neither the name nor what is said of the tone is left alone at the foot.
		while (count > 0 && lines[count - 1]?.kind !== 'text') count -= 1;
		return count < (isStart ? together + 1 : together) ? 0 : count;
	}

	function putSpeech(block: Block): void {
		let lines = block.lines;
		for (let isStart = true; ; isStart = false) {
			const before = isStart ? gap(block) : 0;
			if (used + before + lines.length <= rows) {
				used += before;
				put(lines);
				return;
			}
			let count = linesAbove(lines, rows - used - before, isStart);
			if (count === 0) {
				if (used > 0) {
					turn();
					if (!isStart) put(broken.continued(block));
					if (lines.length + used <= rows) continue;
				}
				// Longer than a whole page: it is cut where the page ends.
				count = Math.max(1, linesAbove(lines, rows - used, isStart) || Math.min(lines.length, rows - used - 1));
			} else used += before;
			put(lines.slice(0, count));
			lines = lines.slice(count);
			if (lines.length === 0) return;
			put(broken.more());
			turn();
			put(broken.continued(block));
		}
	}

	function putText(block: Block, reserve: number): void {
		let lines = block.lines;
		for (let isStart = true; lines.length > 0; isStart = false) {
			const before = isStart ? gap(block) : 0;
			const room = rows - used - before;
			if (lines.length + reserve <= room || (used === 0 && lines.length <= room)) {
				used += before;
				put(lines);
				return;
			}
			const count = Math.min(room, lines.length - together);
			if (count >= together) {
				used += before;
				put(lines.slice(0, count));
				lines = lines.slice(count);
			} else if (used === 0) {
				put(lines.slice(0, rows));
				lines = lines.slice(rows);
			}
			if (lines.length > 0) turn();
		}
	}

	for (const [at, block] of blocks.entries()) {
		const next = blocks[at + 1];
		// A transition closes a scene and does not open a page.
		const closing = next?.kind === 'transition' ? next.before + next.lines.length : 0;
		switch (block.kind) {
			case 'page-break':
				if (used > 0) turn();
				break;
			case 'heading': {
				const need = gap(block) + block.lines.length + opening(next);
				if (used > 0 && used + need > rows) turn();
				used += gap(block);
				put(block.lines, block.sceneNumber);
				break;
			}
			case 'dual': {
				if (used > 0 && used + gap(block) + heightOf(block) > rows) turn();
				used += gap(block);
				putPair(block);
				break;
			}
			case 'speech':
				if (closing > 0 && used > 0) {
					const end = used + gap(block) + block.lines.length;
					if (end <= rows && end + closing > rows && block.lines.length < 6) turn();
				}
				putSpeech(block);
				break;
			default:
				putText(block, closing);
		}
	}
	return pages.filter((lines, at) => lines.length > 0 || (at === 0 && pages.length === 1));

	/** Two columns side by side, over as many pages as the longer one needs. */
	function putPair({ lines, right }: Block): void {
		const top = used;
		for (let from = 0, row = top; from < Math.max(lines.length, right.length); from += 1, row += 1) {
			if (row >= rows) {
				turn();
				row = 0;
			}
			for (const line of [lines[from], right[from]]) if (line !== undefined) page().push({ ...line, row });
			used = row + 1;
		}
	}
}
