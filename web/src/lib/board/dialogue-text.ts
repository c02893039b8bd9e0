import type { DialogueLine } from '@reelroom/shared/board/shot.ts';

/** Speech as lines of `NAME (aside): words`. */
export const formatDialogue = (lines: readonly DialogueLine[]): string =>
	lines
		.map(
			({ character, text, parenthetical }) =>
				`${character}${parenthetical === undefined || parenthetical === '' ? '' : ` (${parenthetical})`}: ${text.replace(/\n/g, ' ')}`,
		)
		.join('\n');

/** The reverse of `formatDialogue`; a line without a name goes on with the speech above it. */
export function parseDialogue(text: string): DialogueLine[] {
	const lines: DialogueLine[] = [];
	for (const raw of text.split('\n')) {
		const line = raw.trim();
		if (line === '') continue;
		const [, name, aside, words] =
			/^([^:：()（）]{1,200}?)\s*(?:[(（]([^)）]*)[)）])?\s*[:：]\s*(.*)$/.exec(line) ?? [];
		const last = lines.at(-1);
		if (name !== undefined && words !== undefined)
			lines.push({
				character: name.trim(),
				text: words.slice(0, 5000),
				...(aside === undefined || aside === '' ? {} : { parenthetical: aside.slice(0, 500) }),
			});
		else if (last !== undefined) last.text = `${last.text} ${line}`.trim().slice(0, 5000);
		else lines.push({ character: '', text: line.slice(0, 5000) });
	}
	return lines.slice(0, 100);
}
