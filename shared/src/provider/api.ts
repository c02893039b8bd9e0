import * as z from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { Credential, CredentialKind, NewCredential } from './credential.ts';

const ById = z.strictObject({ id: Id });
const ByKind = z.strictObject({ id: Id, kind: CredentialKind });

export const credentialApi = {
	list: endpoint({
		method: 'get',
		path: '/workspaces/:id/credentials',
		summary:
			'The keys of a workspace for cloud services, without the keys themselves, and the services for which the install has its own.',
		allow: 'credential.read',
		params: ById,
		reply: z.strictObject({ credentials: z.array(Credential), ofInstall: z.array(CredentialKind) }),
	}),
	put: endpoint({
		method: 'put',
		path: '/workspaces/:id/credentials',
		summary:
			'Adds or replaces a key. It is encrypted at once and never shown again. Without a key the one that is there is kept, unless the address changes.',
		allow: 'credential.edit',
		params: ById,
		body: NewCredential,
		reply: Credential,
	}),
	remove: endpoint({
		method: 'delete',
		path: '/workspaces/:id/credentials/:kind',
		summary: 'Removes a key. Tasks that wait for it fail.',
		allow: 'credential.edit',
		params: ByKind,
		status: 204,
	}),
	check: endpoint({
		method: 'post',
		path: '/workspaces/:id/credentials/:kind/check',
		summary: 'Lets a worker try a key, which costs nothing at the service, and tells how it went.',
		allow: 'credential.edit',
		params: ByKind,
		reply: Credential,
	}),
};
