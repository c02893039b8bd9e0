import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Problem } from '../src/problem.ts';

export type StoredFile = { sha256: string; sizeBytes: number };
export type Files = ReturnType<typeof createFiles>;

/**
 * Media files in a folder, named by their SHA-256. A file is written beside its place, flushed to disk and renamed, so under its name there is the whole
 * file or none. A full disk is `storage-full` and leaves nothing behind.
 */
export function createFiles(folder: string) {
	const pathOf = (sha256: string): string => {
		if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Problem('not-found');
		return join(folder, sha256.slice(0, 2), sha256);
	};
	/** Puts a file that is written by `write` under the digest it turns out to have. */
	const place = async (write: (path: string) => Promise<string>): Promise<StoredFile> => {
		const temporary = join(folder, `.incoming-${randomUUID()}`);
		try {
			await mkdir(folder, { recursive: true });
			const sha256 = await write(temporary);
			const handle = await open(temporary, 'r+');
			try {
				await handle.sync();
			} finally {
				await handle.close();
			}
			const path = pathOf(sha256);
			await mkdir(dirname(path), { recursive: true });
			await rename(temporary, path);
			return { sha256, sizeBytes: (await stat(path)).size };
		} catch (error) {
			await rm(temporary, { force: true });
			if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
				throw new Problem('storage-full', undefined, { cause: error });
			throw error;
		}
	};
	return {
		pathOf,
		/** Stores bytes; the same bytes are one file. */
		put: (bytes: Uint8Array) =>
			place(async (path) => {
				const handle = await open(path, 'wx');
				try {
					await handle.writeFile(bytes);
				} finally {
					await handle.close();
				}
				return createHash('sha256').update(bytes).digest('hex');
			}),
		/** Stores a copy of a file on disk. */
		putFile: (source: string) =>
			place(async (path) => {
				await copyFile(source, path);
				const hash = createHash('sha256');
				await pipeline(createReadStream(path), hash);
				return hash.digest('hex');
			}),
		read: (sha256: string): Promise<Uint8Array> => readFile(pathOf(sha256)),
	};
}
