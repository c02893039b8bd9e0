import type { Board, ShotOnBoard } from '../project/document.ts';
import type { Asset, AssetVariant } from './asset.ts';

/** How an asset came into a shot: by `@Name` in its words, by its list of characters or its dialogue, by its place. */
export type CastBy = 'mention' | 'character' | 'place';
export type Cast = {
	asset: Asset;
	variant: AssetVariant | null;
	by: CastBy;
	/** As the shot calls it. */ name: string;
};
/** `@Name` or `@Name/variant` in a text, with its place in UTF-16 units. */
export type Mention = { start: number; end: number; asset: Asset; variant: AssetVariant | null };
/** The words of a shot in which assets are looked for. */
export type CastWords = Pick<ShotOnBoard, 'characters' | 'dialogue' | 'place' | 'prompt' | 'action' | 'promptOverride'>;

const folded = (name: string): string => name.normalize('NFC').trim().toLowerCase();
const isWordLetter = (char: string | undefined): boolean => char !== undefined && /[\p{Script=Latin}\d]/u.test(char);

/** The longest of the names that stands at a place of a text; a name of Latin letters ends with its word. */
function nameAt<T extends { name: string }>(text: string, index: number, names: readonly T[]): T | undefined {
	let longest: T | undefined;
	for (const candidate of names) {
		const { length } = candidate.name;
		if (length === 0 || length <= (longest?.name.length ?? 0)) continue;
		if (text.slice(index, index + length).toLowerCase() !== candidate.name.toLowerCase()) continue;
		if (isWordLetter(candidate.name.at(-1)) && isWordLetter(text[index + length])) continue;
		longest = candidate;
	}
	return longest;
}

export type Caster = ReturnType<typeof createCaster>;

/** Finds the assets of a bible in the words of shots. Of two assets with one name the first is meant. */
export function createCaster(assets: readonly Asset[]) {
	const inUse = assets.filter(({ omitted }) => !omitted);
	const names = inUse.flatMap((asset) => [asset.name, ...asset.aliases].map((name) => ({ name: name.trim(), asset })));
	const byName = new Map<string, Asset>();
	for (const { name, asset } of names) if (name !== '' && !byName.has(folded(name))) byName.set(folded(name), asset);

	const mentionsIn = (text: string): Mention[] => {
		const found: Mention[] = [];
		for (let at = text.search(/[@＠]/); at >= 0;) {
			// An address of mail is nobody's mention.
			const hit = /[A-Za-z0-9._-]/.test(text[at - 1] ?? '') ? undefined : nameAt(text, at + 1, names);
			let end = at + 1;
			if (hit !== undefined) {
				end += hit.name.length;
				const variant = /[/／]/.test(text[end] ?? '') ? nameAt(text, end + 1, hit.asset.variants) : undefined;
				if (variant !== undefined) end += 1 + variant.name.length;
				found.push({ start: at, end, asset: hit.asset, variant: variant ?? null });
			}
			const next = text.slice(end).search(/[@＠]/);
			at = next < 0 ? -1 : end + next;
		}
		return found;
	};
	/** The text as a model reads it: names without their `@`, variants left to the descriptions. */
	const plainWords = (text: string): string => {
		let plain = '';
		let from = 0;
		for (const { start, end, variant } of mentionsIn(text)) {
			plain += text.slice(from, start) + text.slice(start + 1, end - (variant === null ? 0 : variant.name.length + 1));
			from = end;
		}
		return plain + text.slice(from);
	};
	/** Everything of the bible that a shot shows: its characters in their order, then what its words name, its place last. */
	const castOf = (shot: CastWords): Cast[] => {
		const cast = new Map<string, Cast>();
		const add = (asset: Asset | undefined, by: CastBy, name: string): void => {
			if (asset !== undefined && !cast.has(asset.id)) cast.set(asset.id, { asset, variant: null, by, name });
		};
		for (const name of [...shot.characters, ...shot.dialogue.map(({ character }) => character)])
			add(byName.get(folded(name)), 'character', name);
		for (const text of [shot.promptOverride ?? '', shot.prompt, shot.action])
			for (const { asset, variant } of mentionsIn(text)) {
				add(asset, 'mention', asset.name);
				const own = cast.get(asset.id);
				if (own !== undefined && own.variant === null && variant !== null) cast.set(asset.id, { ...own, variant });
			}
		const parts = [shot.place, ...shot.place.split(/\s+[-–—]\s+|[/,，、]/)];
		for (const part of parts) {
			const place = byName.get(folded(part));
			if (place?.kind === 'location') add(place, 'place', part.trim());
		}
		const rank = ({ asset }: Cast) => (asset.kind === 'location' ? 1 : 0);
		return [...cast.values()].sort((a, b) => rank(a) - rank(b));
	};
	return { mentionsIn, plainWords, castOf };
}

/** Where each asset of a bible is cast: its shots in the order of the board, with their scenes. */
export function castingOf(board: Board, caster: Caster): Map<string, { sceneId: string; shot: ShotOnBoard }[]> {
	const casting = new Map<string, { sceneId: string; shot: ShotOnBoard }[]>();
	for (const scene of board.scenes)
		for (const shot of scene.shots)
			for (const { asset } of caster.castOf(shot)) {
				const places = casting.get(asset.id) ?? [];
				casting.set(asset.id, places);
				places.push({ sceneId: scene.id, shot });
			}
	return casting;
}
