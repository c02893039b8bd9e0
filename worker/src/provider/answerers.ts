import type { CredentialStore } from '@reelroom/shared/node/stores/credential-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { plainAnswer } from '@reelroom/shared/provider/text-messages.ts';
import type { Answerers } from './answer-asks.ts';
import { chat } from './chat.ts';
import { createCheckCredential } from './check-credential.ts';
import type { CloudCall } from './cloud-call.ts';
import type { Credentials } from './credentials.ts';

export type AnswerersDeps = { store: CredentialStore; credentials: Credentials; call: CloudCall; now: () => Date };

/** What workers do with credentials when servers ask them: try a key, and have a text model write. */
export function createAnswerers({ store, credentials, call, now }: AnswerersDeps): Omit<Answerers, 'take-clip'> {
	const check = createCheckCredential({ call, now });
	return {
		/** Notes how it went with the key, as long as it is the same one. */
		async 'check-credential'({ workspaceId, service }) {
			const record = await store.find(workspaceId, service);
			if (record === null) throw new Problem('not-found');
			const { _id, revision, kind } = record;
			try {
				const listed = await check(kind, await credentials.open(record));
				await store.noteCheck(_id, revision, { at: now(), ok: true, code: null, detail: '' }, listed);
			} catch (error) {
				if (!(error instanceof Problem)) throw error;
				const told = { at: now(), ok: false, code: error.code, detail: error.detail ?? '' };
				await store.noteCheck(_id, revision, told, []);
			}
			return {};
		},
		async 'write-text'({ workspaceId, messages, maxTokens }, { tell, signal }) {
			const credential = await credentials.ofWorkspace(workspaceId, 'text');
			const onText = (text: string): void => tell(plainAnswer(text));
			return { text: plainAnswer(await chat({ messages, maxTokens }, { credential, call, signal, onText })) };
		},
	};
}
