import { parseHeading } from './heading.ts';
import type { ScriptBlock, ScriptBlocks } from './script-blocks.ts';

/** What a block says: who speaks, where and when it plays, how it ends. */
type Said = { kind: 'name' | 'place' | 'time' | 'transition'; text: string };

const said = new WeakMap<ScriptBlock, readonly Said[]>();

/** Place and time of a heading as they are written there. */
export function partsOfHeading(heading: string): { place: string; time: string } {
	const { place } = parseHeading(heading);
	const at = place === '' ? -1 : heading.lastIndexOf(place);
	const tail = at < 0 ? '' : heading.slice(at + place.length);
	const words = /[\u3400-\u9fff]/.test(tail)
		? tail.split(/[\s.。．:：,，、\-—–·/／]+/)
		: [tail.replace(/^[\s\-–—]+/, '')];
	return { place, time: words.find((word) => word !== '' && !/^[内外]景?$/.test(word)) ?? '' };
}

function readSaid(block: ScriptBlock): Said[] {
	return block.elements.flatMap(({ type, text }): Said[] => {
		if (text === '') return [];
		if (type === 'character') return [{ kind: 'name', text }];
		if (type === 'transition') return [{ kind: 'transition', text }];
		if (type !== 'scene-heading') return [];
		const { place, time } = partsOfHeading(text);
		return [
			...(place === '' ? [] : [{ kind: 'place', text: place } as const]),
			...(time === '' ? [] : [{ kind: 'time', text: time } as const]),
		];
	});
}

/** Words of a script that may be wanted again, the likeliest first. */
export type Suggestions = Record<Said['kind'], string[]>;

/**
 * Collects what a writer may want to write at a place: what was said often and lately before. Whoever spoke before the last speaker of the scene
 * is likely to answer and comes first; the last speaker comes behind the others of the scene. `skip` is the block that is being written.
 */
export function suggestionsFor({ blocks, starts }: ScriptBlocks, index: number): Suggestions {
	const weights: Record<Said['kind'], Map<string, number>> = {
		name: new Map(),
		place: new Map(),
		time: new Map(),
		transition: new Map(),
	};
	const speakers: string[] = [];
	for (const [at, block] of blocks.entries()) {
		const start = starts[at] ?? 0;
		// What stands in the block that is being written is half of a word.
		if (start <= index && index <= start + block.length) continue;
		let words = said.get(block);
		if (words === undefined) said.set(block, (words = readSaid(block)));
		const before = start < index;
		if (before && block.elements.some(({ type }) => type === 'scene-heading')) speakers.length = 0;
		// What was said on the last pages weighs more than what was said long ago.
		const near = 1 / (1 + Math.abs(index - start) / 6000);
		for (const { kind, text } of words) {
			weights[kind].set(text, (weights[kind].get(text) ?? 0) + 0.2 + near);
			if (kind === 'name' && before && speakers.at(-1) !== text) speakers.push(text);
		}
	}
	const sorted = (kind: Said['kind']): string[] => [...weights[kind]].sort((a, b) => b[1] - a[1]).map(([text]) => text);
	const last = speakers.at(-1);
	const inScene = [...new Set(speakers.toReversed())].filter((name) => name !== last);
	const names = [...new Set([...inScene, ...(last === undefined ? [] : [last]), ...sorted('name')])];
	return { name: names, place: sorted('place'), time: sorted('time'), transition: sorted('transition') };
}
