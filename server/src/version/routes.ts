import { versionApi } from '@reelroom/shared/version/api.ts';
import { on, type Route } from '../http/on.ts';
import type { Versions } from './versions.ts';

/** Answers the endpoints of versions. */
export const versionRoutes = (versions: Versions): Route[] => [
	on(versionApi.list, ({ params, query }, actor) => versions.list(actor, params.id, query)),
	on(versionApi.name, ({ params, body }, actor) => versions.name(actor, params.id, body.name)),
	on(versionApi.rename, ({ params, body }, actor) => versions.rename(actor, params.id, body.name)),
	on(versionApi.delete, async ({ params }, actor) => void (await versions.delete(actor, params.id))),
	on(versionApi.restore, ({ params, body }, actor) => versions.restore(actor, params.id, body)),
	on(versionApi.read, ({ params }, actor) => versions.read(actor, params.id)),
];
