import * as z from 'zod';
import { ServiceUrl, volcengineRegion, type CredentialKind } from '../src/provider/credential.ts';
import { MasterKeys } from './credential-keys.ts';

const listOf = (text: string): string[] =>
	text
		.split(',')
		.map((part) => part.trim())
		.filter(Boolean);
const Names = z.string().default('').transform(listOf);
const Secret = z.string().trim().optional();

const secrets = {
	OPENAI_API_KEY: 'Key for OpenAI’s images, or for a gateway that speaks its API; every workspace may use it.',
	VOLCENGINE_ACCESS_KEY: 'Access key for Volcengine’s visual API.',
	VOLCENGINE_SECRET_KEY: 'Secret key that belongs to it.',
	ARK_API_KEY: 'Key for Volcengine’s Ark.',
	TEXT_API_KEY: 'Key for the text model, where it needs one.',
} as const;
type Secrets = keyof typeof secrets;
const open = {
	OPENAI_BASE_URL: ServiceUrl.optional().describe(
		'A gateway to use instead of OpenAI, such as http://127.0.0.1:8080/v1; it may do without a key.',
	),
	OPENAI_MODELS: Names.describe('Picture models to offer of it, separated by commas; empty offers the usual ones.'),
	VOLCENGINE_BASE_URL: ServiceUrl.optional().describe('Another address of the visual API.'),
	VOLCENGINE_REGION: z.string().default(volcengineRegion).describe('Region of the visual API.'),
	ARK_BASE_URL: ServiceUrl.optional().describe('Another address of Ark.'),
	ARK_MODELS: Names.describe('Models to offer of Ark, separated by commas; empty offers the usual ones.'),
	TEXT_BASE_URL: ServiceUrl.optional().describe(
		'A service that writes text as OpenAI’s chat does, such as http://127.0.0.1:11434/v1 of an Ollama.',
	),
	TEXT_MODEL: z.string().trim().optional().describe('The text model to use of it.'),
} as const;

/** The settings of cloud services as a worker reads them: with the keys. */
export const providerSettings = {
	...Object.fromEntries(Object.entries(secrets).map(([name, help]) => [name, Secret.describe(help)])),
	...open,
	PROVIDER_HOSTS: Names.describe(
		'Hosts besides public ones that keys of workspaces may be used with, such as 127.0.0.1:11434, separated by commas.',
	),
	CREDENTIAL_KEYS: MasterKeys,
} as Record<Secrets, typeof Secret> &
	typeof open & {
		PROVIDER_HOSTS: typeof Names;
		CREDENTIAL_KEYS: typeof MasterKeys;
	};

const IsSet = z
	.string()
	.optional()
	.transform((text) => text !== undefined && text.trim() !== '');
/** The same as a server reads them: of a key only that there is one. */
export const providerFlags = {
	...Object.fromEntries(Object.entries(secrets).map(([name, help]) => [name, IsSet.describe(help)])),
	...open,
	CREDENTIAL_KEYS: MasterKeys,
} as Record<Secrets, typeof IsSet> & typeof open & { CREDENTIAL_KEYS: typeof MasterKeys };

type Given = Partial<
	Record<Secrets | 'OPENAI_BASE_URL' | 'TEXT_BASE_URL' | 'TEXT_MODEL', string | boolean | undefined>
>;
const isGiven = (value: string | boolean | undefined): boolean =>
	value !== undefined && value !== false && value !== '';

/** For which services the install has a key of its own, or needs none. */
export function servicesOfInstall(settings: Readonly<Given>): CredentialKind[] {
	const has: Record<CredentialKind, boolean> = {
		openai: isGiven(settings.OPENAI_API_KEY) || isGiven(settings.OPENAI_BASE_URL),
		volcengine: isGiven(settings.VOLCENGINE_ACCESS_KEY) && isGiven(settings.VOLCENGINE_SECRET_KEY),
		ark: isGiven(settings.ARK_API_KEY),
		text: isGiven(settings.TEXT_BASE_URL) && isGiven(settings.TEXT_MODEL),
	};
	return (Object.keys(has) as CredentialKind[]).filter((kind) => has[kind]);
}
