import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createAccessTokens } from './access-tokens.ts';
import { deriveSecrets } from './secrets.ts';
import { createTickets } from './tickets.ts';

const { access: secret, ticket: ticketSecret } = deriveSecrets(new Uint8Array(32).fill(7));
const other = deriveSecrets(new Uint8Array(32).fill(8)).access;
const now = () => 1_800_000_000_000;
const at = now() / 1000;
const tokens = createAccessTokens({ secret, now });

/** Remembers spent tickets. */
function aMemory() {
	const spent = new Set<string>();
	return async (id: string) => spent.size < spent.add(id).size;
}

type Forgery = {
	alg?: string;
	typ?: string;
	iss?: string;
	aud?: string;
	iat?: number;
	nbf?: number;
	exp?: number;
	claims?: Record<string, unknown>;
	key?: Uint8Array;
};
function forge({
	alg = 'HS256',
	typ = 'access+jwt',
	iss = 'reelroom',
	aud = 'reelroom-api',
	iat = at,
	nbf = at,
	exp = at + 60,
	claims = { name: 'Eve', session: 's' },
	key = secret,
}: Forgery) {
	return new SignJWT(claims)
		.setProtectedHeader({ alg, typ })
		.setSubject('account-1')
		.setIssuer(iss)
		.setAudience(aud)
		.setIssuedAt(iat)
		.setNotBefore(nbf)
		.setExpirationTime(exp)
		.sign(key);
}
const unsigned = () =>
	new UnsecuredJWT({ name: 'Eve', session: 's' })
		.setSubject('account-1')
		.setIssuer('reelroom')
		.setAudience('reelroom-api')
		.setIssuedAt(at)
		.setExpirationTime(at + 60)
		.encode();

describe('an access token', () => {
	it('says whose it is', async () => {
		const { token } = await tokens.issue({ id: 'account-1', name: 'Ada' }, 'session-1');
		expect(await tokens.verify(token)).toEqual({ id: 'account-1', name: 'Ada', session: 'session-1' });
		expect(await tokens.verify(await forge({}))).toMatchObject({ id: 'account-1' });
	});

	const forged: Record<string, () => string | Promise<string>> = {
		'of another secret': () => forge({ key: other }),
		'with another algorithm': () => forge({ alg: 'HS512', key: new Uint8Array(64).fill(1) }),
		'without a signature': unsigned,
		'of another type': () => forge({ typ: 'JWT' }),
		'from another issuer': () => forge({ iss: 'elsewhere' }),
		'for another audience': () => forge({ aud: 'reelroom-sync' }),
		'that has ended': () => forge({ iat: at - 120, nbf: at - 120, exp: at - 60 }),
		'that has not begun': () => forge({ nbf: at + 60 }),
		'that would live for a year': () => forge({ iat: at - 1000, exp: at + 31_536_000 }),
		'from the future': () => forge({ iat: at + 600 }),
		'without a session': () => forge({ claims: { name: 'Eve' } }),
		'whose claims were changed': async () => {
			const [head = '', , seal = ''] = (await forge({})).split('.');
			return [head, Buffer.from(JSON.stringify({ sub: 'account-2' })).toString('base64url'), seal].join('.');
		},
		'that is a ticket': () =>
			createTickets({ secret: ticketSecret, spend: aMemory(), now }).issue({
				accountId: 'account-1',
				projectId: 'project-1',
				name: 'Eve',
				role: 'owner',
				signInId: 'session-1',
			}),
		'cut short': async () => (await forge({})).slice(0, -10),
		'that is no token': () => 'a.b.c',
		'that is empty': () => '',
	};
	it.each(Object.entries(forged))('%s is refused', async (_, make) => {
		await expect(tokens.verify(await make())).rejects.toMatchObject({ code: 'token-invalid' });
	});
});

describe('a ticket', () => {
	const ticket = {
		accountId: 'account-1',
		projectId: 'project-1',
		name: 'Ada',
		role: 'editor',
		signInId: 'session-1',
	} as const;

	it('opens one connection, once', async () => {
		const tickets = createTickets({ secret: ticketSecret, spend: aMemory(), now });
		const text = await tickets.issue(ticket);
		expect(await tickets.verify(text)).toEqual(ticket);
		await expect(tickets.verify(text)).rejects.toMatchObject({ code: 'token-invalid' });
	});

	it('ends after 30 seconds', async () => {
		let time = now();
		const tickets = createTickets({ secret: ticketSecret, spend: aMemory(), now: () => time });
		const text = await tickets.issue(ticket);
		time += 31_000;
		await expect(tickets.verify(text)).rejects.toMatchObject({ code: 'token-invalid' });
	});
});
