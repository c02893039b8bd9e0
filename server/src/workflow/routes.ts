import { workflowApi } from '@reelroom/shared/workflow/api.ts';
import { on, type Route } from '../http/on.ts';
import type { Workflows } from './workflows.ts';

/** Answers the endpoints of a workspace's workflows. */
export const workflowRoutes = (workflows: Workflows): Route[] => [
	on(workflowApi.list, ({ params }, actor) => workflows.list(actor, params.id)),
	on(workflowApi.import, ({ params, query, bytes }, actor) => workflows.import(actor, params.id, bytes, query.title)),
	on(workflowApi.read, ({ params, query }, actor) =>
		workflows.read(actor, params.id, params.workflowId, query.version),
	),
	on(workflowApi.file, ({ params, query }, actor) =>
		workflows.file(actor, params.id, params.workflowId, query.version),
	),
	on(workflowApi.parameters, ({ params, query }, actor) =>
		workflows.parameters(actor, params.id, params.workflowId, query.version),
	),
	on(workflowApi.versions, ({ params }, actor) => workflows.versions(actor, params.id, params.workflowId)),
	on(workflowApi.save, ({ params, body }, actor) => workflows.save(actor, params.id, params.workflowId, body)),
	on(workflowApi.try, ({ params, body, idempotencyKey }, actor) =>
		workflows.try(actor, params.id, params.workflowId, body, idempotencyKey),
	),
	on(workflowApi.edit, ({ params, body }, actor) => workflows.edit(actor, params.id, params.workflowId, body)),
	on(workflowApi.remove, async ({ params }, actor) => {
		await workflows.remove(actor, params.id, params.workflowId);
		return undefined;
	}),
	on(workflowApi.restore, ({ params }, actor) => workflows.restore(actor, params.id, params.workflowId)),
];
