import { credentialPlace, seal, type MasterKey } from '@reelroom/shared/node/credential-keys.ts';
import type { CredentialRecord, CredentialStore } from '@reelroom/shared/node/stores/credential-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import {
	serviceUrls,
	type Credential,
	type CredentialKind,
	type NewCredential,
} from '@reelroom/shared/provider/credential.ts';
import type { Actor } from '../http/on.ts';
import type { AskWorkers } from './ask-workers.ts';

export type CredentialsDeps = {
	store: CredentialStore;
	/** The first encrypts. */
	keys: readonly MasterKey[];
	askWorkers: Pick<AskWorkers, 'finish'>;
	/** For which services the install has a key of its own. */
	ofInstall: readonly CredentialKind[];
	now: () => Date;
	newId: () => string;
};
export type Credentials = ReturnType<typeof createCredentials>;

const view = (record: CredentialRecord): Credential => ({
	kind: record.kind,
	ending: record.ending,
	hasKey: record.sealed !== null,
	baseUrl: record.baseUrl,
	region: record.region,
	models: record.models,
	listed: record.listed,
	setBy: record.setBy,
	setByName: record.setByName,
	setAt: record.setAt.toISOString(),
	check: record.check === null ? null : { ...record.check, at: record.check.at.toISOString() },
});

/** The last characters of a key, where it is so long that they give nothing away. */
const endingOf = (key: string): string | null => (key.length >= 16 ? key.slice(-4) : null);
const missing = (pointer: string): Problem => {
	const detail = 'A key is needed here';
	return new Problem('invalid-input', detail, { errors: [{ pointer, detail }] });
};

/** What is kept of a key beside it, where it is sent, and what of it is secret; no secret where none was given. */
function partsOf(given: NewCredential): {
	baseUrl: string;
	region: string | null;
	models: string[];
	secret: { words: string; ending: string | null } | null;
} {
	if (given.kind === 'volcengine') {
		const { accessKey, secretKey, baseUrl, region } = given;
		if (accessKey !== undefined && secretKey === undefined) throw missing('#/secretKey');
		if (secretKey !== undefined && accessKey === undefined) throw missing('#/accessKey');
		const secret =
			accessKey === undefined || secretKey === undefined
				? null
				: { words: JSON.stringify({ accessKey, secretKey }), ending: endingOf(accessKey) };
		return { baseUrl, region, models: [], secret };
	}
	const { apiKey, baseUrl } = given;
	const secret = apiKey === undefined ? null : { words: JSON.stringify({ apiKey }), ending: endingOf(apiKey) };
	return { baseUrl, region: null, models: given.kind === 'text' ? [given.model] : given.models, secret };
}
/** Whether a service at this address may do without a key: one of somebody's own may, the makers' do not. */
const mayLackKey = (kind: CredentialKind, baseUrl: string): boolean =>
	(kind === 'openai' && baseUrl !== serviceUrls.openai) || kind === 'text';

/**
 * The use cases of keys for cloud services. They are encrypted here and decrypted by workers alone; what is shown is how they end, who set them and when.
 * A key is bound to the address it is sent to: whoever changes that must know the key.
 */
export function createCredentials({ store, keys, askWorkers, ofInstall, now, newId }: CredentialsDeps) {
	return {
		async list(actor: Actor, workspaceId: string) {
			await actor.mustIn('credential.read', workspaceId);
			return { credentials: (await store.list(workspaceId)).map(view), ofInstall: [...ofInstall] };
		},
		async put(actor: Actor, workspaceId: string, given: NewCredential): Promise<Credential> {
			await actor.mustIn('credential.edit', workspaceId);
			const { kind } = given;
			const { baseUrl, region, models, secret } = partsOf(given);
			const { id: setBy, name: setByName } = actor.signedIn();
			const settings = { region, models, setBy, setByName, setAt: now(), revision: newId() };
			if (secret === null) {
				const changed = await store.change(workspaceId, kind, baseUrl, settings);
				if (changed !== null) return view(changed);
				if (!mayLackKey(kind, baseUrl)) throw missing(kind === 'volcengine' ? '#/accessKey' : '#/apiKey');
			}
			const sealed = secret === null ? null : seal(keys, secret.words, credentialPlace(workspaceId, kind, baseUrl));
			return view(await store.put({ workspaceId, kind, sealed, ending: secret?.ending ?? null, baseUrl, ...settings }));
		},
		async remove(actor: Actor, workspaceId: string, kind: CredentialKind): Promise<undefined> {
			await actor.mustIn('credential.edit', workspaceId);
			if (!(await store.remove(workspaceId, kind))) throw new Problem('not-found');
		},
		/** Has a worker try a key; the reply says how it went. */
		async check(actor: Actor, workspaceId: string, kind: CredentialKind): Promise<Credential> {
			await actor.mustIn('credential.edit', workspaceId);
			const record = await store.find(workspaceId, kind);
			if (record === null) throw new Problem('not-found');
			await askWorkers.finish({ kind: 'check-credential', workspaceId, service: kind });
			const checked = await store.find(workspaceId, kind);
			if (checked === null) throw new Problem('not-found');
			return view(checked);
		},
	};
}
