import { safeClasses } from '@reelroom/shared/defaults/comfyui/safe-classes.ts';
import { readyWorkflows } from '@reelroom/shared/defaults/workflows/ready-workflows.ts';
import { createFarmStore } from '@reelroom/shared/node/stores/farm-store.ts';
import { createWorkflowStore } from '@reelroom/shared/node/stores/workflow-store.ts';
import { createFarm } from './farm/farm.ts';
import type { StudioContext } from './studio.ts';
import { createWorkflows, type WorkflowsDeps } from './workflow/workflows.ts';

/** Opens the rooms of ComfyUI's servers and of the workflows that run on them. */
export async function openFarm({ mongo, config, namesOf, now, newId }: StudioContext) {
	const farmStore = createFarmStore(mongo.db);
	const workflowStore = createWorkflowStore(mongo.db);
	await Promise.all([farmStore.ready(), workflowStore.ready()]);
	await farmStore.register(config.COMFYUI_URLS, now());
	const farm = createFarm({
		store: farmStore,
		urls: config.COMFYUI_URLS,
		hosts: config.COMFYUI_HOSTS,
		fixedClasses: config.COMFYUI_NODES,
		safeClasses: safeClasses(),
		now,
	});
	return {
		farm,
		/** The workflows of workspaces, once there is a way to try them. */
		openWorkflows: (tryOut: WorkflowsDeps['tryOut']) =>
			createWorkflows({
				store: workflowStore,
				ready: readyWorkflows(),
				known: () => farm.known(),
				tryOut,
				namesOf,
				now,
				newId,
			}),
	};
}
