import { farmApi } from '@reelroom/shared/farm/api.ts';
import { on, type Route } from '../http/on.ts';
import type { FarmRoom } from './farm.ts';

/** Answers the endpoints of the farm; the edge lets in who administrates the install alone. */
export const farmRoutes = (farm: FarmRoom): Route[] => [
	on(farmApi.read, () => farm.read()),
	on(farmApi.add, ({ body }, actor) => farm.add(actor, body)),
	on(farmApi.edit, ({ params, body }) => farm.edit(params.id, body)),
	on(farmApi.remove, async ({ params }) => {
		await farm.remove(params.id);
		return undefined;
	}),
	on(farmApi.allowClasses, ({ body }) => farm.allowClasses(body.added, body.revision)),
];
