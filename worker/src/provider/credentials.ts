import { credentialPlace, seal, unseal, type MasterKey } from '@reelroom/shared/node/credential-keys.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { CredentialRecord, CredentialStore } from '@reelroom/shared/node/stores/credential-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { volcengineRegion, type CredentialKind } from '@reelroom/shared/provider/credential.ts';
import * as z from 'zod';

/** A key as a provider uses it. It lives in the memory of a worker, for as long as a call takes. */
export type OpenCredential = {
	baseUrl: string;
	region: string;
	models: readonly string[];
	/** Of the visual API an access key and its secret; of the others one key, or none where they need none. */
	apiKey: string | null;
	accessKey: string | null;
	secretKey: string | null;
	/** Hosts that may be called for it although they are not public. */
	trust: readonly string[];
};
/** Everything of it that nobody may see. */
export const secretsOf = ({ apiKey, accessKey, secretKey }: OpenCredential): string[] =>
	[apiKey, accessKey, secretKey].filter((secret) => secret !== null);

export type CredentialsDeps = {
	store: CredentialStore;
	keys: readonly MasterKey[];
	workspaceOf: (projectId: string) => Promise<string | null>;
	/** The keys of the install. */
	ofInstall: Partial<Record<CredentialKind, OpenCredential>>;
	log: Log;
};
export type Credentials = ReturnType<typeof createCredentials>;

const Secrets = z.object({
	apiKey: z.string().optional(),
	accessKey: z.string().optional(),
	secretKey: z.string().optional(),
});

/** Opens the keys of workspaces: the only place where they are decrypted. */
export function createCredentials({ store, keys, workspaceOf, ofInstall, log }: CredentialsDeps) {
	async function open(record: CredentialRecord): Promise<OpenCredential> {
		const { workspaceId, kind, sealed, baseUrl, region, models } = record;
		let secrets: z.infer<typeof Secrets> = {};
		if (sealed !== null) {
			const place = credentialPlace(workspaceId, kind, baseUrl);
			let words: string;
			try {
				words = unseal(keys, sealed, place);
			} catch (error) {
				log.error({ err: error, workspaceId, kind, keyId: sealed.keyId }, 'a key cannot be decrypted');
				throw new Problem('credential-missing', 'The key cannot be read any more; it must be set again', {
					cause: error,
				});
			}
			secrets = Secrets.parse(JSON.parse(words));
			// What an older master key has encrypted is encrypted anew, so that the older one can go some day.
			if (sealed.keyId !== keys[0]?.id) await store.reseal(record._id, sealed, seal(keys, words, place));
		}
		const { apiKey = null, accessKey = null, secretKey = null } = secrets;
		return { baseUrl, region: region ?? volcengineRegion, models, apiKey, accessKey, secretKey, trust: [] };
	}
	/** A workspace's own key, else the install's. */
	async function ofWorkspace(workspaceId: string | null, kind: CredentialKind): Promise<OpenCredential> {
		const record = workspaceId === null ? null : await store.find(workspaceId, kind);
		if (record !== null) return open(record);
		const installed = ofInstall[kind];
		if (installed === undefined) throw new Problem('credential-missing');
		return installed;
	}
	return {
		open,
		ofWorkspace,
		/** The key that a project's work is done with. */
		ofProject: async (projectId: string, kind: CredentialKind): Promise<OpenCredential> =>
			ofWorkspace(await workspaceOf(projectId), kind),
	};
}
