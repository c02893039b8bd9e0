import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RequestHandler } from 'express';

/** The handler of the built web page; undefined where it is not built. */
export async function openWeb(buildDir: string): Promise<RequestHandler | undefined> {
	const path = join(buildDir, 'handler.js');
	try {
		await access(path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
	const built = (await import(pathToFileURL(path).href)) as { handler: RequestHandler };
	return built.handler;
}
