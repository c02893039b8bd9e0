import * as z from 'zod';
import { countFromZero } from '../http/count.ts';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { Credential, CredentialKind, NewCredential } from './credential.ts';
import { TextWish, WrittenText } from './text.ts';

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

const ByText = z.strictObject({ id: Id, textId: Id });
export const textApi = {
	model: endpoint({
		method: 'get',
		path: '/projects/:id/texts',
		summary: 'The text model that writes in a project; null where rules do what they can.',
		allow: 'document.edit',
		params: ById,
		reply: z.strictObject({ model: z.string().nullable() }),
	}),
	write: endpoint({
		method: 'post',
		path: '/projects/:id/texts',
		summary:
			'Has words written for a shot: a prompt, a better one, alternatives, a translation, polished dialogue. It is a proposal and changes nothing; read it as it grows.',
		allow: 'document.edit',
		status: 202,
		params: ById,
		body: TextWish,
		reply: WrittenText,
	}),
	read: endpoint({
		method: 'get',
		path: '/projects/:id/texts/:textId',
		summary:
			'Words that are being written: answers as soon as their length is not `after` any more, or after some seconds.',
		allow: 'document.edit',
		params: ByText,
		query: z.strictObject({ after: countFromZero(100_000).default(0) }),
		reply: WrittenText,
	}),
	stop: endpoint({
		method: 'delete',
		path: '/projects/:id/texts/:textId',
		summary: 'Stops words that are being written, and forgets them.',
		allow: 'document.edit',
		params: ByText,
		status: 204,
	}),
};
