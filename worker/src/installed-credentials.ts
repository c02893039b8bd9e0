import { servicesOfInstall } from '@reelroom/shared/node/provider-settings.ts';
import { serviceUrls, type CredentialKind } from '@reelroom/shared/provider/credential.ts';
import type { WorkerConfig } from './config.ts';
import type { OpenCredential } from './provider/credentials.ts';

/** The keys of the install, from its settings. Addresses that the administrator set may be called wherever they are. */
export function installedCredentials(config: WorkerConfig): Partial<Record<CredentialKind, OpenCredential>> {
	const about = (baseUrl: string, keys: Partial<OpenCredential>): OpenCredential => ({
		baseUrl,
		region: config.VOLCENGINE_REGION,
		models: [],
		apiKey: null,
		accessKey: null,
		secretKey: null,
		trust: [new URL(baseUrl).host],
		...keys,
	});
	const all: Record<CredentialKind, () => OpenCredential> = {
		openai: () =>
			about(config.OPENAI_BASE_URL ?? serviceUrls.openai, {
				apiKey: config.OPENAI_API_KEY ?? null,
				models: config.OPENAI_MODELS,
			}),
		volcengine: () =>
			about(config.VOLCENGINE_BASE_URL ?? serviceUrls.volcengine, {
				accessKey: config.VOLCENGINE_ACCESS_KEY ?? null,
				secretKey: config.VOLCENGINE_SECRET_KEY ?? null,
			}),
		ark: () =>
			about(config.ARK_BASE_URL ?? serviceUrls.ark, { apiKey: config.ARK_API_KEY ?? null, models: config.ARK_MODELS }),
		text: () =>
			about(config.TEXT_BASE_URL ?? '', {
				apiKey: config.TEXT_API_KEY ?? null,
				models: config.TEXT_MODEL === undefined ? [] : [config.TEXT_MODEL],
			}),
	};
	return Object.fromEntries(servicesOfInstall(config).map((kind) => [kind, all[kind]()]));
}
