import type { Board } from '../project/document.ts';
import type { Bible } from '../project/bible.ts';
import type { CharacterLook } from '../provider/provider.ts';
import type { AssetKind } from './asset.ts';

/** A thing of the script that the bible does not have, with how the script describes it and in how many shots it is. */
export type ProposedAsset = { kind: AssetKind; name: string; description: string; shots: number };

const folded = (name: string): string => name.normalize('NFC').trim().toLowerCase();

/** What the script names and the bible lacks: characters by how often they are seen, then places that come back. What was taken out of the bible is not proposed again. */
export function proposeAssets(
	board: Board,
	looks: readonly CharacterLook[],
	{ assets, omitted }: Bible,
): ProposedAsset[] {
	const known = new Set(
		[...assets, ...omitted].flatMap(({ name, aliases }) => [name, ...aliases].map((each) => folded(each))),
	);
	const found = new Map<string, ProposedAsset>();
	const note = (kind: AssetKind, name: string, shots: number): void => {
		const key = folded(name);
		// A name that the bible could not hold is not proposed.
		if (key === '' || known.has(key) || name.length > 80 || /[@＠/／]/.test(name)) return;
		const there = found.get(key);
		if (there !== undefined) there.shots += shots;
		else {
			const description = kind === 'character' ? (looks.find((look) => look.name === name)?.description ?? '') : '';
			found.set(key, { kind, name: name.trim(), description, shots });
		}
	};
	for (const { name } of looks) note('character', name, 0);
	for (const { shots } of board.scenes)
		for (const shot of shots)
			for (const name of new Set([...shot.characters, ...shot.dialogue.map(({ character }) => character)]))
				note('character', name, 1);
	for (const { shots } of board.scenes) for (const { place } of shots) note('location', place, 1);
	const kinds: readonly AssetKind[] = ['character', 'location', 'prop'];
	return [...found.values()].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || b.shots - a.shots);
}
