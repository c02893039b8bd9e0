import { credentialApi } from '@reelroom/shared/provider/api.ts';
import { on, type Route } from '../http/on.ts';
import type { Credentials } from './credentials.ts';

/** Keys for cloud services over HTTP. */
export const credentialRoutes = (credentials: Credentials): Route[] => [
	on(credentialApi.list, ({ params }, actor) => credentials.list(actor, params.id)),
	on(credentialApi.put, ({ params, body }, actor) => credentials.put(actor, params.id, body)),
	on(credentialApi.remove, ({ params }, actor) => credentials.remove(actor, params.id, params.kind)),
	on(credentialApi.check, ({ params }, actor) => credentials.check(actor, params.id, params.kind)),
];
