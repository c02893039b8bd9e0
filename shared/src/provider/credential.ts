import * as z from 'zod';
import { Id } from '../id.ts';

/**
 * What a workspace, or the install, may have a key for: OpenAI's images API or a gateway that speaks it, Volcengine's signed visual API, Volcengine's
 * Ark, and any endpoint that writes text as OpenAI's chat does.
 */
export const credentialKinds = ['openai', 'volcengine', 'ark', 'text'] as const;
export const CredentialKind = z.enum(credentialKinds);
export type CredentialKind = z.infer<typeof CredentialKind>;

/** Where a service is when nothing else is said; text models have no such place. */
export const serviceUrls = {
	openai: 'https://api.openai.com/v1',
	volcengine: 'https://visual.volcengineapi.com',
	ark: 'https://ark.cn-beijing.volces.com/api/v3',
} as const satisfies Partial<Record<CredentialKind, string>>;
export const volcengineRegion = 'cn-north-1';

/** A key as services give them: one line of visible characters, so that it fits a header. */
const Key = z
	.string()
	.trim()
	.min(1)
	.max(500)
	.regex(/^[\x21-\x7e]+$/);
type Address = { username: string; password: string; search: string; hash: string; host: string };
/** Known to browsers and Node alike. */
declare const URL: { new (text: string): Address; canParse(text: string): boolean };
/** The host of an address, with its port. */
export const hostOf = (url: string): string => new URL(url).host;
/** The address of a service, without a slash at its end. Whether it may be called is decided where it is called. */
export const ServiceUrl = z
	.url({ protocol: /^https?$/ })
	.max(300)
	.refine((text) => {
		if (!URL.canParse(text)) return false;
		const { username, password, search, hash } = new URL(text);
		return username === '' && password === '' && search === '' && hash === '';
	}, 'An address without a user, a query or a fragment')
	.transform((text) => text.replace(/\/+$/, ''));
const ModelName = z
	.string()
	.trim()
	.min(1)
	.max(120)
	.regex(/^[\w.:/@-]+$/);
const Models = z.array(ModelName).max(50).default([]);

/**
 * A key as it is given, with what goes with it. Without a key the one that is there stays, as long as it is still sent to the same address; a service of
 * one's own may need none at all.
 */
export const NewCredential = z.discriminatedUnion('kind', [
	z.strictObject({
		kind: z.literal('openai'),
		apiKey: Key.optional(),
		baseUrl: ServiceUrl.default(serviceUrls.openai),
		/** Models to offer; empty offers those that the service lists. */
		models: Models,
	}),
	z.strictObject({
		kind: z.literal('volcengine'),
		accessKey: Key.optional(),
		secretKey: Key.optional(),
		baseUrl: ServiceUrl.default(serviceUrls.volcengine),
		region: z
			.string()
			.regex(/^[a-z]{2,}(-[a-z0-9]+)*$/)
			.max(40)
			.default(volcengineRegion),
	}),
	z.strictObject({
		kind: z.literal('ark'),
		apiKey: Key.optional(),
		baseUrl: ServiceUrl.default(serviceUrls.ark),
		models: Models,
	}),
	z.strictObject({ kind: z.literal('text'), apiKey: Key.optional(), baseUrl: ServiceUrl, model: ModelName }),
]);
export type NewCredential = z.infer<typeof NewCredential>;

/** How it went when a key was tried. */
export const CredentialCheck = z.strictObject({
	at: z.string(),
	ok: z.boolean(),
	/** Code of the problem it had. */
	code: z.string().nullable(),
	detail: z.string(),
});
export type CredentialCheck = z.infer<typeof CredentialCheck>;

/** A key as people see it later: never the key itself. */
export const Credential = z.strictObject({
	kind: CredentialKind,
	/** The last four characters of the key; null where there is none, or one too short to show any of it. */
	ending: z.string().nullable(),
	hasKey: z.boolean(),
	baseUrl: z.string(),
	/** Of Volcengine's visual API. */
	region: z.string().nullable(),
	/** Models that were named with it. */
	models: z.array(z.string()),
	/** Models that the service listed when the key was tried. */
	listed: z.array(z.string()),
	setBy: Id,
	setByName: z.string(),
	setAt: z.string(),
	check: CredentialCheck.nullable(),
});
export type Credential = z.infer<typeof Credential>;
