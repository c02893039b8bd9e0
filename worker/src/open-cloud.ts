import { openMasterKeys } from '@reelroom/shared/node/credential-keys.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { Mongo } from '@reelroom/shared/node/mongo.ts';
import { createOutgoing } from '@reelroom/shared/node/outgoing.ts';
import { createAskStore } from '@reelroom/shared/node/stores/ask-store.ts';
import { createCredentialStore } from '@reelroom/shared/node/stores/credential-store.ts';
import { createProjectStore } from '@reelroom/shared/node/stores/project-store.ts';
import type { WorkerConfig } from './config.ts';
import { installedCredentials } from './installed-credentials.ts';
import { answerAsks, type AnswerAsksDeps, type Answerers } from './provider/answer-asks.ts';
import { createAnswerers } from './provider/answerers.ts';
import { createCloudCall } from './provider/cloud-call.ts';
import { createCredentials } from './provider/credentials.ts';
import { createOpenaiProvider } from './provider/openai/openai.ts';
import { createVolcengineProvider } from './provider/volcengine/volcengine.ts';

export type Cloud = Awaited<ReturnType<typeof openCloud>>;

/** Opens what cloud services need: their keys, the way out to them, and the providers that use both. */
export async function openCloud({ config, mongo, log }: { config: WorkerConfig; mongo: Mongo; log: Log }) {
	const store = createCredentialStore(mongo.db);
	const asks = createAskStore(mongo.db);
	await Promise.all([store.ready(), asks.ready()]);
	const { workspaceOf } = createProjectStore(mongo.connection);
	const keys = await openMasterKeys(config.DATA_DIR, config.CREDENTIAL_KEYS);
	const ofInstall = installedCredentials(config);
	const credentials = createCredentials({ store, keys, workspaceOf, ofInstall, log });
	const outgoing = createOutgoing({ hosts: config.PROVIDER_HOSTS });
	const call = createCloudCall(outgoing);
	const now = () => new Date();
	const answerers = createAnswerers({ store, credentials, call, now });
	return {
		providers: {
			openai: createOpenaiProvider({ credentials, call }),
			volcengine: createVolcengineProvider({ credentials, call, log }),
		},
		/** Answers what servers ask of workers. */
		answerAsks: ({
			takeClip,
			...about
		}: Pick<AnswerAsksDeps, 'bus' | 'workerId'> & { takeClip: Answerers['take-clip'] }) =>
			answerAsks({ asks, answerers: { ...answerers, 'take-clip': takeClip }, log, now, ...about }),
		close: () => outgoing.close(),
	};
}
