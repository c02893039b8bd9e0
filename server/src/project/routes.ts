import { projectApi } from '@reelroom/shared/project/api.ts';
import { type Route, on } from '../http/on.ts';
import type { Projects } from './projects.ts';

/** Answers the endpoints of projects. */
export const projectRoutes = (projects: Projects): Route[] => [
	on(projectApi.list, (_input, actor) => projects.list(actor)),
	on(projectApi.create, ({ body }, actor) => projects.create(actor, body)),
	on(projectApi.read, ({ params }, actor) => projects.read(actor, params.id)),
	on(projectApi.edit, ({ params, body }, actor) => projects.edit(actor, params.id, body)),
	on(projectApi.delete, async ({ params }, actor) => {
		await projects.delete(actor, params.id);
		return undefined;
	}),
	on(projectApi.ticket, ({ params }, actor) => projects.ticket(actor, params.id)),
];
