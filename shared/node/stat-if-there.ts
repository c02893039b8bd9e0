import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';

/** What stands at a path; undefined where nothing does. Whatever else keeps it from being looked at is thrown. */
export async function statIfThere(path: string): Promise<Stats | undefined> {
	try {
		return await stat(path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
}
