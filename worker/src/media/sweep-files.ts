import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const removing = '.removing-';
/** Whoever has held a file aside for this long is dead. */
const asideMs = 10 * 60_000;

/** Those of the given files that something still refers to. */
export type FilesInUse = (sha256s: readonly string[]) => Promise<string[]>;
export type SweepFilesDeps = {
	/** Where media files are, in folders of two letters. */
	folder: string;
	/** Asked of every collection that names files; a file that none of them knows goes. */
	inUse: readonly FilesInUse[];
	/** Only files that nobody has written since may go: longer ago than any task takes from its file to its take. */
	before: Date;
	now: () => Date;
};

/**
 * Removes media files that nothing refers to, such as those of deleted projects; answers how many. Safe against other sweeps, and against a take of the
 * same bytes being added meanwhile: a file is put aside first, looked at once more, and put back when it was written anew or is in use.
 */
export async function sweepFiles({ folder, inUse, before, now }: SweepFilesDeps): Promise<number> {
	const unused = async (names: readonly string[]): Promise<string[]> => {
		const used = new Set((await Promise.all(inUse.map((ask) => ask(names)))).flat());
		return names.filter((name) => !used.has(name));
	};
	let removed = 0;
	for (const shelf of (await namesIn(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
		const path = join(folder, shelf);
		await bringBack(path, new Date(now().getTime() - asideMs));
		const names = (await namesIn(path)).filter((name) => /^[0-9a-f]{64}$/.test(name));
		const old: string[] = [];
		for (const name of names) if (await isOlder(join(path, name), before)) old.push(name);
		for (const name of old.length === 0 ? [] : await unused(old)) {
			const place = join(path, name);
			const aside = join(path, `${removing}${name}-${randomUUID()}`);
			// Another sweep may have taken it.
			if (!(await moved(place, aside))) continue;
			if ((await isOlder(aside, before)) && (await unused([name])).length > 0) {
				await rm(aside, { force: true });
				removed++;
			} else await moved(aside, place);
		}
	}
	return removed;
}

/** Puts back what a sweep that was killed had put aside; the next look at it decides. */
async function bringBack(shelf: string, before: Date): Promise<void> {
	for (const name of (await namesIn(shelf)).filter((each) => each.startsWith(removing))) {
		const path = join(shelf, name);
		const found = await stat(path).catch(absent);
		// Moving a file changes when its entry was changed, not when it was written.
		if (found !== undefined && found.ctime < before)
			await moved(path, join(shelf, name.slice(removing.length, removing.length + 64)));
	}
}

const isOlder = async (path: string, before: Date): Promise<boolean> => {
	const found = await stat(path).catch(absent);
	return found !== undefined && found.mtime < before;
};
const moved = (from: string, to: string): Promise<boolean> =>
	rename(from, to).then(
		() => true,
		(error: unknown) => absent(error) ?? false,
	);
const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder).catch(absent)) ?? [];

/** Nothing, for what is not there; every other fault is thrown on. */
function absent(error: unknown): undefined {
	if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
