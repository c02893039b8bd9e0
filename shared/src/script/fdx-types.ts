import { plainRun, visibleText, type InlineRun } from './inline.ts';
import type { ScriptParagraph } from './paragraphs.ts';

/** What Final Draft calls the paragraphs that need no more thought. */
export const fdxTypes: Record<ScriptParagraph['type'], string> = {
	'scene-heading': 'Scene Heading',
	action: 'Action',
	character: 'Character',
	parenthetical: 'Parenthetical',
	dialogue: 'Dialogue',
	transition: 'Transition',
	centred: 'Action',
	section: 'Section',
	synopsis: 'Synopsis',
	note: 'Action',
	boneyard: 'Action',
	lyrics: 'Singing',
	'page-break': 'Action',
};

/** Sections below the first level carry it in their name, which survives other programs. */
export const sectionType = (depth: number): string => (depth <= 1 ? 'Section' : `Section ${depth}`);

/** The level of a section type, ours or an outline of Final Draft; null for other types. */
export function sectionDepth(type: string): number | null {
	const [, depth] = /^(?:Section|Outline|Act|New Act|Sequence)(?: (\d))?$/i.exec(type) ?? [null, null];
	if (depth === null) return null;
	return Math.min(6, Math.max(1, Number(depth ?? 1)));
}

const mark = /^\s*type:\s*(.{1,60}?)\s*$/s;

/** A paragraph of a type that Fountain has no word for: action with a note that names it. */
export const withCustomType = (runs: readonly InlineRun[], type: string): InlineRun[] => [
	...runs,
	...(visibleText(runs).endsWith(' ') ? [] : [plainRun(' ')]),
	{ kind: 'note', text: `type: ${type}` },
];

/** The type that such a note names, and the paragraph without it. */
export function customTypeOf(runs: readonly InlineRun[]): { type: string; runs: InlineRun[] } | null {
	const last = runs.at(-1);
	const type = last?.kind === 'note' ? mark.exec(last.text)?.[1] : undefined;
	if (type === undefined || Object.values(fdxTypes).includes(type) || sectionDepth(type) !== null) return null;
	const rest = runs.slice(0, -1);
	const before = rest.at(-1);
	if (before?.kind === 'text') rest[rest.length - 1] = { ...before, text: before.text.replace(/ $/, '') };
	return { type, runs: rest };
}
