import { credentialApi } from '@reelroom/shared/provider/api.ts';
import type { Credential, CredentialKind, NewCredential } from '@reelroom/shared/provider/credential.ts';
import type * as z from 'zod';
import { call } from '#lib/call.ts';

/** The keys of a workspace for cloud services, as far as people see them. */
export class CredentialsState {
	readonly workspaceId: string;
	/** Null until they are read. */
	credentials = $state.raw<readonly Credential[] | null>(null);
	ofInstall = $state.raw<readonly CredentialKind[]>([]);
	failure = $state.raw<unknown>(null);
	/** Which of them is being tried now. */
	trying = $state.raw<readonly CredentialKind[]>([]);
	constructor(workspaceId: string) {
		this.workspaceId = workspaceId;
	}

	async load(): Promise<void> {
		this.failure = null;
		try {
			const { credentials, ofInstall } = await call(credentialApi.list, { params: { id: this.workspaceId } });
			this.credentials = credentials;
			this.ofInstall = ofInstall;
		} catch (thrown) {
			this.failure = thrown;
		}
	}
	of(kind: CredentialKind): Credential | null {
		return this.credentials?.find((credential) => credential.kind === kind) ?? null;
	}
	async put(given: z.input<typeof NewCredential>): Promise<void> {
		this.#take(await call(credentialApi.put, { params: { id: this.workspaceId }, body: given }));
	}
	async remove(kind: CredentialKind): Promise<void> {
		await call(credentialApi.remove, { params: { id: this.workspaceId, kind } });
		this.credentials = this.credentials?.filter((credential) => credential.kind !== kind) ?? null;
	}
	/** Has a key tried; how it went is told with the key. */
	async check(kind: CredentialKind): Promise<void> {
		if (this.trying.includes(kind)) return;
		this.trying = [...this.trying, kind];
		try {
			this.#take(await call(credentialApi.check, { params: { id: this.workspaceId, kind } }));
		} finally {
			this.trying = this.trying.filter((one) => one !== kind);
		}
	}
	#take(credential: Credential): void {
		this.credentials = [...(this.credentials ?? []).filter(({ kind }) => kind !== credential.kind), credential];
	}
}
