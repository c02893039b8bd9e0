import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Problem } from '../src/problem.ts';
import { statIfThere } from './stat-if-there.ts';

const full = ['ENOSPC', 'EDQUOT'];
const failed = ['EACCES', 'EPERM', 'EROFS', 'EIO', 'ENOTDIR', 'EEXIST'];

/** The problem behind a fault of the disk, looked for in its causes too; null when it is none. */
export function storageProblem(error: unknown): Problem | null {
	const { code = '', cause } = (error ?? {}) as NodeJS.ErrnoException;
	if (full.includes(code)) return new Problem('storage-full', undefined, { cause: error });
	if (failed.includes(code)) return new Problem('storage-failed', undefined, { cause: error });
	return cause === undefined ? null : storageProblem(cause);
}

/** Removes what crashes left in a folder: entries whose name begins so and that nobody has touched since. A folder that is not there holds none. */
export async function removeLeftovers(folder: string, prefix: string, before: Date): Promise<void> {
	let names: string[];
	try {
		names = await readdir(folder);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
		throw error;
	}
	for (const name of names.filter((each) => each.startsWith(prefix))) {
		const path = join(folder, name);
		// Its owner may finish and remove it meanwhile.
		const touched = await statIfThere(path);
		if (touched !== undefined && touched.mtime < before) await rm(path, { recursive: true, force: true });
	}
}

export type StoredFile = { sha256: string; sizeBytes: number };
export type Files = ReturnType<typeof createFiles>;

/**
 * Media files in a folder, named by their SHA-256. A file is written beside its place, flushed to disk and renamed, so under its name there is the whole
 * file or none. A full disk is `storage-full` and leaves nothing behind.
 */
export function createFiles(folder: string) {
	const incoming = '.incoming-';
	const pathOf = (sha256: string): string => {
		if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Problem('not-found');
		return join(folder, sha256.slice(0, 2), sha256);
	};
	/** Puts a file that is written by `write` under the digest it turns out to have. */
	const place = async (write: (path: string) => Promise<string>): Promise<StoredFile> => {
		const temporary = join(folder, `${incoming}${randomUUID()}`);
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
			// Where nothing can be written nothing was left; what is told is the first fault.
			await rm(temporary, { force: true }).catch(() => {});
			throw storageProblem(error) ?? error;
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
		/** Stores what comes, as it comes; nothing where that rejects. */
		putStream: (chunks: AsyncIterable<Uint8Array>) =>
			place(async (path) => {
				const hash = createHash('sha256');
				const handle = await open(path, 'wx');
				try {
					for await (const chunk of chunks) {
						hash.update(chunk);
						await handle.writeFile(chunk);
					}
				} finally {
					await handle.close();
				}
				return hash.digest('hex');
			}),
		/** Stores a copy of a file on disk. */
		putFile: (source: string) =>
			place(async (path) => {
				await copyFile(source, path);
				const hash = createHash('sha256');
				await pipeline(createReadStream(path), hash);
				return hash.digest('hex');
			}),
		/** Keeps a file that is to be referred to anew from being swept, as if it were written now; false where it is not there. */
		keep: async (sha256: string): Promise<boolean> => {
			const now = new Date();
			try {
				await utimes(pathOf(sha256), now, now);
				return true;
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
				throw storageProblem(error) ?? error;
			}
		},
		/** Removes what a killed process was writing before that moment. */
		removeLeftovers: (before: Date) => removeLeftovers(folder, incoming, before),
		read: (sha256: string): Promise<Uint8Array> => readFile(pathOf(sha256)),
	};
}
