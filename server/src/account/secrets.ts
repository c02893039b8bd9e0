import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One key per purpose, so that a token of one kind can never pass for another. */
export type Secrets = { access: Uint8Array; refresh: Uint8Array; ticket: Uint8Array };

/** Reads the install's secret, or makes it on the first start in a file that only its owner may read. */
export async function openSecrets(dataDir: string): Promise<Secrets> {
	const path = join(dataDir, 'secret');
	await mkdir(dataDir, { recursive: true });
	try {
		await writeFile(path, randomBytes(32), { mode: 0o600, flag: 'wx' });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	}
	const secret = await readFile(path);
	if (secret.length < 32)
		throw new Error(`The secret in ${path} is cut short; delete the file to sign everybody out and start afresh.`);
	return deriveSecrets(secret);
}

/** The keys that follow from a secret. */
export function deriveSecrets(secret: Uint8Array): Secrets {
	const derive = (purpose: string) => new Uint8Array(hkdfSync('sha256', secret, '', `reelroom ${purpose}`, 32));
	return { access: derive('access'), refresh: derive('refresh'), ticket: derive('ticket') };
}
