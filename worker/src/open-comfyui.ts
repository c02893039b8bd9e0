import { readyWorkflows } from '@reelroom/shared/defaults/workflows/ready-workflows.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { Mongo } from '@reelroom/shared/node/mongo.ts';
import { createFarmStore } from '@reelroom/shared/node/stores/farm-store.ts';
import { createWorkflowStore } from '@reelroom/shared/node/stores/workflow-store.ts';
import type { Workflow } from '@reelroom/shared/provider/workflow.ts';
import { parseWorkflow } from '@reelroom/shared/workflow/own-workflow.ts';
import { createComfyProvider, type ComfyOptions } from './provider/comfyui/comfyui.ts';
import { createFarmLink } from './provider/comfyui/farm-link.ts';
import type { Provider } from './provider/provider.ts';

/** Versions that are kept at hand; they never change. */
const workflowsAtHand = 50;

/** Opens the provider that draws by ComfyUI servers: those that a setting names, and those that an administrator adds while it runs. */
export async function openComfyui({
	mongo,
	log,
	workerId,
	urls,
	fixedClasses,
	...options
}: {
	mongo: Mongo;
	log: Log;
	workerId: string;
	urls: readonly string[];
	fixedClasses: ReadonlySet<string>;
} & Partial<ComfyOptions>): Promise<{ provider: Provider; close(): Promise<void> }> {
	const farm = createFarmStore(mongo.db);
	const workflows = createWorkflowStore(mongo.db);
	await Promise.all([farm.ready(), workflows.ready()]);
	const atHand = new Map<string, Workflow>();
	const ownWorkflow = async (id: string, version: number): Promise<Workflow | null> => {
		const key = `${id}/${version}`;
		const held = atHand.get(key);
		if (held !== undefined) return held;
		const text = await workflows.text(id, version);
		if (text === null) return null;
		const workflow = parseWorkflow(id, version, text);
		atHand.set(key, workflow);
		const [oldest] = atHand.keys();
		if (atHand.size > workflowsAtHand && oldest !== undefined) atHand.delete(oldest);
		return workflow;
	};
	const provider = createComfyProvider({
		log,
		workflows: readyWorkflows(),
		ownWorkflow,
		onTook: (nodeId, workflow, took) =>
			void farm
				.took(nodeId, workflow, took)
				.catch((error: unknown) => log.warn({ err: error }, 'how long a workflow took was not kept')),
		...options,
	});
	const link = await createFarmLink({ store: farm, pool: provider.pool, urls, fixedClasses, workerId, log });
	return {
		provider,
		async close() {
			await link.close();
			await provider.close();
		},
	};
}
