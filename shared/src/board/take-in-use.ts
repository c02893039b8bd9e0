import type { Shot } from './shot.ts';
import type { Take } from './take.ts';

type Chooser = Pick<Shot, 'id' | 'selectedTakeId'>;
type Candidate = Pick<Take, 'id' | 'shotId' | 'number'> & { reproduces?: Take['reproduces'] | undefined };

/** The take in use of each shot that has any: the selected one, else the one of the highest number; what was only made to see whether a recipe still gives the same is no choice of its own. Takes may come in any order. */
export function takesInUse<T extends Candidate>(shots: readonly Chooser[], takes: readonly T[]): Map<string, T> {
	const selected = new Map(shots.map((shot) => [shot.id, shot.selectedTakeId]));
	const inUse = new Map<string, T>();
	for (const take of takes) {
		const wanted = selected.get(take.shotId);
		const present = inUse.get(take.shotId);
		if (wanted === undefined || present?.id === wanted) continue;
		if (take.reproduces !== undefined && take.id !== wanted) continue;
		if (take.id === wanted || present === undefined || take.number > present.number) inUse.set(take.shotId, take);
	}
	return inUse;
}

/** The take in use of one shot. */
export const takeInUse = <T extends Candidate>(shot: Chooser, takes: readonly T[]): T | null =>
	takesInUse([shot], takes).get(shot.id) ?? null;
