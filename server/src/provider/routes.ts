import { credentialApi, textApi } from '@reelroom/shared/provider/api.ts';
import { on, type Route } from '../http/on.ts';
import type { Credentials } from './credentials.ts';
import type { Texts } from './texts.ts';

/** Keys for cloud services over HTTP. */
export const credentialRoutes = (credentials: Credentials): Route[] => [
	on(credentialApi.list, ({ params }, actor) => credentials.list(actor, params.id)),
	on(credentialApi.put, ({ params, body }, actor) => credentials.put(actor, params.id, body)),
	on(credentialApi.remove, ({ params }, actor) => credentials.remove(actor, params.id, params.kind)),
	on(credentialApi.check, ({ params }, actor) => credentials.check(actor, params.id, params.kind)),
];

/** Words that models write over HTTP. */
export const textRoutes = (texts: Texts): Route[] => [
	on(textApi.model, ({ params }, actor) => texts.model(actor, params.id)),
	on(textApi.write, ({ params, body }, actor) => texts.write(actor, params.id, body)),
	on(textApi.read, ({ params, query }, actor) => texts.read(actor, params.id, params.textId, query.after)),
	on(textApi.stop, ({ params }, actor) => texts.stop(actor, params.id, params.textId)),
];
