import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, fetch, type Dispatcher, type RequestInit, type Response } from 'undici';
import { Problem } from '../src/problem.ts';

/** Whether an address is one of the open internet: nothing private, local, mapped, translated or reserved. */
export function isPublicAddress(address: string): boolean {
	if (!ipaddr.isValid(address)) return false;
	const parsed = ipaddr.parse(address);
	// The first addresses of IPv6 once stood for those of IPv4, and are nobody's own.
	if (parsed instanceof ipaddr.IPv6 && parsed.parts.slice(0, 6).every((part) => part === 0)) return false;
	return parsed.range() === 'unicast';
}

/** How names are looked up; the system's own way unless a test brings another. */
export type Resolve = (
	hostname: string,
	options: LookupAllOptions,
	callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Looks a name up and lets only public addresses through, at the very moment of connecting: a name that answers otherwise a second time gains nothing. */
const publicLookup =
	(resolve: Resolve): LookupFunction =>
	(hostname, options, callback) => {
		resolve(hostname, { ...options, all: true }, (error, addresses) => {
			if (error !== null) return callback(error, '', 0);
			const [first] = addresses;
			const refused = addresses.find(({ address }) => !isPublicAddress(address));
			if (first === undefined || refused !== undefined)
				return callback(new AddressRefused(`${hostname} leads to ${refused?.address ?? 'nowhere'}`), '', 0);
			if (options.all === true) callback(null, addresses);
			else callback(null, first.address, first.family);
		});
	};

class AddressRefused extends Error {
	readonly code = 'ADDRESS_REFUSED';
}

/** What is called by name of an administrator: `host` for any port, `host:port` for one. */
const isTrusted = ({ hostname, host }: URL, trusted: ReadonlySet<string>): boolean =>
	trusted.has(host) || trusted.has(hostname);

export type Call = RequestInit & {
	/** Hosts that may be called although they are not public, besides those that always may. */
	trust?: readonly string[];
};
export type Outgoing = ReturnType<typeof createOutgoing>;

/**
 * Calls of addresses that people or other services named. HTTPS and public addresses only, but for hosts that an administrator named; no redirects; no
 * connection is used twice, so that one that the other side is closing never swallows a request. Refused addresses are `address-refused`.
 */
export function createOutgoing({
	hosts = [],
	resolve = lookup,
}: { hosts?: readonly string[]; resolve?: Resolve } = {}) {
	const connectMs = 10_000;
	const options = { pipelining: 0, headersTimeout: 0, bodyTimeout: 0, connectTimeout: connectMs } as const;
	const guarded = new Agent({ ...options, connect: { lookup: publicLookup(resolve) } });
	const plain = new Agent(options);
	const always = new Set(hosts);
	const agentFor = (url: URL, trust: readonly string[]): Dispatcher => {
		if (isTrusted(url, always) || isTrusted(url, new Set(trust))) return plain;
		if (url.protocol !== 'https:') throw new Problem('address-refused', 'Only https addresses are called');
		const literal = url.hostname.replace(/^\[|\]$/g, '');
		if (ipaddr.isValid(literal) && !isPublicAddress(literal))
			throw new Problem('address-refused', 'Only public addresses are called');
		return guarded;
	};
	return {
		/** Calls an address; answers as soon as the head of the reply is there. Throws what the connection threw, and `address-refused`. */
		async call(address: string, { trust = [], ...init }: Call = {}): Promise<Response> {
			if (!URL.canParse(address)) throw new Problem('address-refused', 'This is no address');
			const url = new URL(address);
			if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
				throw new Problem('address-refused', 'This is no address that is called');
			let response: Response;
			try {
				response = await fetch(url, { ...init, redirect: 'manual', dispatcher: agentFor(url, trust) });
			} catch (error) {
				const { cause } = error as { cause?: unknown };
				if (cause instanceof AddressRefused)
					throw new Problem('address-refused', 'Only public addresses are called', { cause: error });
				throw error;
			}
			if (response.status >= 300 && response.status < 400) {
				await response.body?.cancel();
				throw new Problem('address-refused', 'The address leads elsewhere, and redirects are not followed');
			}
			return response;
		},
		close: async (): Promise<void> => void (await Promise.all([guarded.close(), plain.close()])),
	};
}
