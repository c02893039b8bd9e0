import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** A key that encrypts the keys of cloud services; its id stands beside what it has encrypted. */
export type MasterKey = { id: string; bytes: Uint8Array };

const keyBytes = 32;
const line = /^([\w-]{1,40}):([A-Za-z0-9+/_-]{43}=?)$/;

/** Reads keys as `id:base64`, separated by commas or lines. Throws a sentence for what is none, without showing it. */
export function parseMasterKeys(text: string): MasterKey[] {
	const keys = text
		.split(/[,\n]/)
		.map((part) => part.trim())
		.filter((part) => part !== '' && !part.startsWith('#'))
		.map((part): MasterKey => {
			const [, id = '', encoded = ''] = line.exec(part) ?? [];
			const bytes = new Uint8Array(Buffer.from(encoded, 'base64'));
			if (id === '' || bytes.length !== keyBytes)
				throw new Error('Each must be id:key, the key being 32 bytes in base64');
			return { id, bytes };
		});
	if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new Error('Two of them have the same id');
	return keys;
}

/** The keys as a setting gives them; the first encrypts, the others only decrypt what they once encrypted. */
export const MasterKeys = z
	.string()
	.default('')
	.transform((text, context) => {
		try {
			return parseMasterKeys(text);
		} catch (error) {
			context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'not understood' });
			return z.NEVER;
		}
	})
	.describe(
		'Keys that encrypt the keys of cloud services, as id:base64 of 32 bytes, separated by commas; the first encrypts, all decrypt. Without it one is made in DATA_DIR.',
	);

/**
 * The master keys of an install: those of the setting, then those in the file of the data folder, which is made on the first start when there are no
 * others. Only its owner may read the file; of processes that start at once, all get the same key.
 */
export async function openMasterKeys(dataDir: string, ofSetting: readonly MasterKey[]): Promise<MasterKey[]> {
	const path = join(dataDir, 'credential-keys');
	const read = async (): Promise<MasterKey[] | null> => {
		try {
			return parseMasterKeys(await readFile(path, 'utf8'));
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
			throw new Error(`${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`, {
				cause: error,
			});
		}
	};
	let ofFile = await read();
	if (ofFile === null && ofSetting.length === 0) {
		await mkdir(dataDir, { recursive: true });
		const name = new Date().toISOString().slice(0, 10);
		const own = `${path}.${randomBytes(6).toString('hex')}`;
		await writeFile(own, `${name}:${randomBytes(keyBytes).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
		// Whole under its name at once or not at all; whoever comes second takes what is there.
		await link(own, path).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== 'EEXIST') throw error;
		});
		await rm(own);
		ofFile = await read();
	}
	const ids = new Set(ofSetting.map(({ id }) => id));
	return [...ofSetting, ...(ofFile ?? []).filter(({ id }) => !ids.has(id))];
}

const ivBytes = 12;
const tagBytes = 16;
/** What is encrypted: the id of the master key, and beginning vector, words and tag together in base64. */
export type Sealed = { keyId: string; box: string };

/** Encrypts words with the newest key (AES-256-GCM). `place` says where they belong: moved to another they cannot be read any more. */
export function seal(keys: readonly MasterKey[], words: string, place: string): Sealed {
	const [key] = keys;
	if (key === undefined) throw new Error('There is no master key');
	const iv = randomBytes(ivBytes);
	const cipher = createCipheriv('aes-256-gcm', key.bytes, iv, { authTagLength: tagBytes });
	cipher.setAAD(Buffer.from(place));
	const box = Buffer.concat([iv, cipher.update(words, 'utf8'), cipher.final(), cipher.getAuthTag()]);
	return { keyId: key.id, box: box.toString('base64') };
}

/** Decrypts what `seal` made for this place. Throws for a key that is gone, and for what was changed or moved. Workers call it, and nobody else. */
export function unseal(keys: readonly MasterKey[], { keyId, box }: Sealed, place: string): string {
	const key = keys.find(({ id }) => id === keyId);
	if (key === undefined) throw new Error(`The master key “${keyId}” is not there`);
	const bytes = Buffer.from(box, 'base64');
	if (bytes.length < ivBytes + tagBytes) throw new Error('It is cut short');
	const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
	decipher.setAAD(Buffer.from(place));
	decipher.setAuthTag(bytes.subarray(-tagBytes));
	return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString('utf8');
}

/** Where the key of a service belongs: to one workspace, one service, and the one address it is sent to. */
export const credentialPlace = (workspaceId: string, kind: string, baseUrl: string): string =>
	JSON.stringify(['credential', workspaceId, kind, baseUrl]);
