import type { CredentialKind } from '@reelroom/shared/provider/credential.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { CloudCall } from './cloud-call.ts';
import type { OpenCredential } from './credentials.ts';
import { createOpenaiClient } from './openai/client.ts';
import { createArkClient } from './volcengine/ark.ts';
import { createVisualClient } from './volcengine/visual.ts';

export type CheckCredential = (kind: CredentialKind, credential: OpenCredential) => Promise<string[]>;

/** Makes the function that tries a key at its service, by calls that cost nothing; answers the models that the service lists. Throws why the key does not do. */
export function createCheckCredential({ call, now }: { call: CloudCall; now: () => Date }): CheckCredential {
	return async (kind, credential) => {
		const signal = AbortSignal.timeout(30_000);
		switch (kind) {
			case 'openai':
				return createOpenaiClient(credential, call).models(signal);
			case 'volcengine':
				await createVisualClient(credential, call, now).tryKeys(signal);
				return [];
			case 'ark':
				await createArkClient(credential, call).tryKey(signal);
				return [];
			case 'text': {
				const listed = await createOpenaiClient(credential, call).models(signal);
				const [model = ''] = credential.models;
				// Some list a model under its name with a version behind it.
				if (!listed.some((name) => name === model || name.startsWith(`${model}:`)))
					throw new Problem('provider-refused', `The service has no model “${model}”`);
				return listed.slice(0, 200);
			}
		}
	};
}
