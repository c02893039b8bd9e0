import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { MasterKeys, openMasterKeys, parseMasterKeys, seal, unseal, type MasterKey } from './credential-keys.ts';

const folders: string[] = [];
afterEach(async () => {
	for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});
async function aFolder(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'reelroom-keys-'));
	folders.push(folder);
	return folder;
}
const aKey = (id: string): MasterKey => ({ id, bytes: new Uint8Array(randomBytes(32)) });
const written = ({ id, bytes }: MasterKey): string => `${id}:${Buffer.from(bytes).toString('base64')}`;

test('what is sealed is read again in its place alone, by the key that sealed it, and only unchanged', () => {
	const [one, other] = [aKey('one'), aKey('other')];
	const sealed = seal([one, other], 'sk-秘密', 'here');
	expect(sealed.keyId).toBe('one');
	expect(JSON.stringify(sealed)).not.toContain('sk-');
	expect(unseal([other, one], sealed, 'here')).toBe('sk-秘密');
	expect(seal([one], 'sk-秘密', 'here').box).not.toBe(sealed.box);
	expect(() => unseal([one], sealed, 'there')).toThrow();
	expect(() => unseal([other], sealed, 'here')).toThrow('“one”');
	expect(() => unseal([{ ...other, id: 'one' }], sealed, 'here')).toThrow();
	const bytes = Buffer.from(sealed.box, 'base64');
	for (let at = 0; at < bytes.length; at++) {
		const changed = Buffer.from(bytes);
		changed[at] = (changed[at] ?? 0) ^ 1;
		expect(() => unseal([one], { keyId: 'one', box: changed.toString('base64') }, 'here'), String(at)).toThrow();
	}
	for (let length = 0; length < bytes.length; length++)
		expect(() => unseal([one], { keyId: 'one', box: bytes.subarray(0, length).toString('base64') }, 'here')).toThrow();
});

test('the first start makes one key in a file that only its owner may read; of ten at once all have the same', async () => {
	const folder = await aFolder();
	const all = await Promise.all(Array.from({ length: 10 }, () => openMasterKeys(folder, [])));
	const [first] = all;
	expect(first).toHaveLength(1);
	for (const keys of all) expect(keys).toEqual(first);
	expect((await stat(join(folder, 'credential-keys'))).mode & 0o777).toBe(0o600);
});

test('keys of the setting come first, those of the file still decrypt; no file is made where there is a setting', async () => {
	const [folder, empty] = [await aFolder(), await aFolder()];
	const [ofFile] = await openMasterKeys(folder, []);
	const own = aKey('2027');
	const keys = await openMasterKeys(folder, [own]);
	expect(keys).toEqual([own, ofFile]);
	expect(unseal(keys, seal([ofFile as MasterKey], 'words', 'place'), 'place')).toBe('words');
	await openMasterKeys(empty, [own]);
	await expect(readFile(join(empty, 'credential-keys'))).rejects.toThrow('ENOENT');
});

test('a setting or a file that is no list of keys is told in words that show nothing of it', async () => {
	const key = written(aKey('a'));
	for (const text of ['secret', 'a:short', `${key},${key}`, `a b:${key.slice(2)}`, `${key}x`]) {
		expect(() => parseMasterKeys(text), text).toThrow();
		const parsed = MasterKeys.safeParse(text);
		expect(parsed.success).toBe(false);
		expect(parsed.error?.message).not.toContain(text);
	}
	expect(MasterKeys.parse(undefined)).toEqual([]);
	const two = [aKey('new'), aKey('old')];
	expect(MasterKeys.parse(two.map(written).join(','))).toEqual(two);
	const folder = await aFolder();
	await writeFile(join(folder, 'credential-keys'), 'nonsense that must not be shown');
	await expect(openMasterKeys(folder, [])).rejects.toThrow(/^(?!.*nonsense).*cannot be used/);
});
