import type { VersionKind } from './version.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** More than this many automatic versions of one project are too many, however young. */
const mostAutomatic = 1000;

/**
 * Which versions may go: of the automatic ones all of the last day stay, then the last of each hour for a week, then the last of each day; what
 * was kept before an import or a restore is thinned like them once it is a month old. Named ones stay for ever, and so does the newest of all,
 * which the next one follows. Doing it twice is doing it once.
 */
export function versionsToThin(versions: readonly { id: string; kind: VersionKind; at: Date }[], now: Date): string[] {
	const sorted = [...versions].sort((a, b) => b.at.getTime() - a.at.getTime());
	const slots = new Set<string>();
	let automatic = 0;
	return sorted.flatMap(({ id, kind, at }, index) => {
		if (kind === 'named' || index === 0) return [];
		if (kind === 'automatic' && ++automatic > mostAutomatic) return [id];
		const age = now.getTime() - at.getTime();
		if (age < (kind === 'automatic' ? dayMs : 30 * dayMs)) return [];
		const slot =
			age < 7 * dayMs ? `hour ${Math.floor(at.getTime() / hourMs)}` : `day ${Math.floor(at.getTime() / dayMs)}`;
		if (slots.has(slot)) return [id];
		slots.add(slot);
		return [];
	});
}
