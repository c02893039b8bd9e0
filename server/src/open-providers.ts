import { openMasterKeys } from '@reelroom/shared/node/credential-keys.ts';
import { servicesOfInstall } from '@reelroom/shared/node/provider-settings.ts';
import { createAskStore } from '@reelroom/shared/node/stores/ask-store.ts';
import { createCredentialStore } from '@reelroom/shared/node/stores/credential-store.ts';
import { serviceUrls } from '@reelroom/shared/provider/credential.ts';
import { findShot, readBoard } from '@reelroom/shared/project/document.ts';
import {
	offeredModels,
	type OfferedModel,
	type OfferedWorkflow,
	type Service,
} from '@reelroom/shared/provider/offered-models.ts';
import { createAskWorkers } from './provider/ask-workers.ts';
import { createCredentials } from './provider/credentials.ts';
import { credentialRoutes, textRoutes } from './provider/routes.ts';
import { createTexts } from './provider/texts.ts';
import { proposedScene } from './script/break-downs.ts';
import type { StudioContext } from './studio.ts';

/** Opens the room of providers: keys for cloud services, what there is to generate with, and words that models write. */
export async function openProviders(
	{ bus, config, mongo, documents, projects, now, newId }: StudioContext,
	/** The workflows that a member may generate with; none where there is no ComfyUI. */
	workflowsOf: (workspaceId: string, accountId: string) => Promise<OfferedWorkflow[]>,
) {
	const store = createCredentialStore(mongo.db);
	const asks = createAskStore(mongo.db);
	await Promise.all([store.ready(), asks.ready()]);
	const keys = await openMasterKeys(config.DATA_DIR, config.CREDENTIAL_KEYS);
	const ofInstall = servicesOfInstall(config);
	const askWorkers = createAskWorkers({ asks, bus, now, newId });
	const credentials = createCredentials({ store, keys, askWorkers, ofInstall, now, newId });

	const installed: Record<Service['kind'], Service> = {
		openai: {
			kind: 'openai',
			baseUrl: config.OPENAI_BASE_URL ?? serviceUrls.openai,
			models: config.OPENAI_MODELS,
			listed: [],
		},
		volcengine: {
			kind: 'volcengine',
			baseUrl: config.VOLCENGINE_BASE_URL ?? serviceUrls.volcengine,
			models: [],
			listed: [],
		},
		ark: { kind: 'ark', baseUrl: config.ARK_BASE_URL ?? serviceUrls.ark, models: config.ARK_MODELS, listed: [] },
	};
	/** What a workspace may generate with: where it has a key of its own that counts, else the install's. */
	const modelsOfWorkspace = async (workspaceId: string, accountId: string): Promise<OfferedModel[]> => {
		const own = new Map((await store.list(workspaceId)).map((record) => [record.kind, record]));
		const services = (['openai', 'volcengine', 'ark'] as const).flatMap((kind): Service[] => {
			const { baseUrl, models, listed } = own.get(kind) ?? {};
			if (baseUrl !== undefined) return [{ kind, baseUrl, models: models ?? [], listed: listed ?? [] }];
			return ofInstall.includes(kind) ? [installed[kind]] : [];
		});
		return offeredModels({ workflows: await workflowsOf(workspaceId, accountId), services });
	};
	const texts = createTexts({
		asks,
		askWorkers,
		modelOf: async (projectId) => {
			const workspaceId = await projects.workspaceOf(projectId);
			if (workspaceId === null) return null;
			const own = await store.find(workspaceId, 'text');
			const model = own?.models[0] ?? (ofInstall.includes('text') ? config.TEXT_MODEL : undefined);
			return model === undefined ? null : { workspaceId, model };
		},
		shotOf: (projectId, shotId) => documents.read(projectId, (doc) => findShot(readBoard(doc), shotId)),
		sceneOf: async (projectId, sceneId) => {
			const project = await projects.find(projectId);
			return project === null ? null : documents.read(projectId, (doc) => proposedScene(doc, project.fps, sceneId));
		},
		now,
	});
	return {
		routes: [...credentialRoutes(credentials), ...textRoutes(texts)],
		modelsOfWorkspace,
		/** How workers are asked for things. */
		asking: { asks, askWorkers },
		/** The same by a project of the workspace; nothing for one that is gone. */
		async modelsOf(projectId: string, accountId: string): Promise<OfferedModel[]> {
			const workspaceId = await projects.workspaceOf(projectId);
			return workspaceId === null ? [] : modelsOfWorkspace(workspaceId, accountId);
		},
	};
}
