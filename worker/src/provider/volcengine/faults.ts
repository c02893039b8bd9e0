import type { ProblemCode } from '@reelroom/shared/problem.ts';
import * as z from 'zod';
import type { SortFaults } from '../cloud-problems.ts';

const ofGateway = z.object({
	ResponseMetadata: z.object({ Error: z.object({ Code: z.string(), Message: z.string().catch('') }) }),
});
const ofService = z.object({ code: z.number(), message: z.string().catch('') });

/** Codes of the visual API: what was refused before or after drawing, who asked too often, who may not. */
const visualCodes: Readonly<Record<string, ProblemCode>> = {
	50411: 'content-refused',
	50412: 'content-refused',
	50413: 'content-refused',
	50511: 'content-refused',
	50512: 'content-refused',
	50513: 'content-refused',
	50518: 'content-refused',
	50519: 'content-refused',
	50429: 'provider-busy',
	50430: 'provider-busy',
	50400: 'credential-refused',
	50401: 'credential-refused',
	50500: 'provider-unavailable',
	50501: 'provider-unavailable',
	50520: 'provider-unavailable',
	50521: 'provider-unavailable',
	50522: 'provider-unavailable',
};

const named: readonly [RegExp, ProblemCode][] = [
	[/Sensitive|RiskDetect|ContentSecurity|PolicyViolation/i, 'content-refused'],
	[/Overdue|Arrears|InsufficientBalance|BalanceInsufficient|^QuotaExceeded/i, 'provider-out-of-credit'],
	[/RateLimit|LimitExceeded|FlowLimit|Throttl|ServerOverloaded|ModelLoading|Inflight/i, 'provider-busy'],
	[
		/Signature|AccessKey|SecretToken|SecurityToken|Credential|^Authentication|Unauthorized|AccessDenied|NotOpen|ServiceNotOpen/i,
		'credential-refused',
	],
	[/InternalService|InternalError|ServiceUnavailable|ServiceTimeout/i, 'provider-unavailable'],
	[/^Invalid|^Missing|NotFound|Unsupported|Oversize/i, 'provider-refused'],
];
const byName = (code: string): ProblemCode | null => named.find(([name]) => name.test(code))?.[1] ?? null;

/** What the visual API says is wrong: its gateway by names, the service behind it by numbers. */
export const visualFaults: SortFaults = {
	read(body) {
		const gateway = ofGateway.safeParse(body);
		if (gateway.success) {
			const { Code, Message } = gateway.data.ResponseMetadata.Error;
			return { codes: [Code], words: Message };
		}
		const service = ofService.safeParse(body);
		if (!service.success) return { codes: [], words: '' };
		return { codes: [String(service.data.code)], words: service.data.message };
	},
	sort: ({ codes: [code = ''] }) =>
		visualCodes[code] ?? (/^\d+$/.test(code) ? (/^502\d\d$/.test(code) ? 'provider-refused' : null) : byName(code)),
};

const ofArk = z.object({ error: z.object({ code: z.string().catch(''), message: z.string().catch('') }) });
/** What Ark says is wrong. */
export const arkFaults: SortFaults = {
	read(body) {
		const said = ofArk.safeParse(body);
		return said.success ? { codes: [said.data.error.code], words: said.data.error.message } : { codes: [], words: '' };
	},
	sort: ({ codes: [code = ''] }) => (code === '' ? null : byName(code)),
};
