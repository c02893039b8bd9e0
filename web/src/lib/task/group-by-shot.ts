/** What belongs to each shot, in the order given; what belongs to none is left out. */
export function groupByShot<T extends { shotId: string | null }>(items: readonly T[]): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const item of items) {
		if (item.shotId === null) continue;
		const own = groups.get(item.shotId);
		if (own === undefined) groups.set(item.shotId, [item]);
		else own.push(item);
	}
	return groups;
}
