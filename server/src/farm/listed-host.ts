import { BlockList, isIP } from 'node:net';

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6');
const bare = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase();

/** Whether an address lies in a range such as `10.0.0.0/24`. Link-local ones, where clouds tell secrets to whoever asks, lie in none. */
function isIn(address: string, range: string): boolean {
	const [start = '', bits = ''] = range.split('/');
	if (isIP(address) === 0 || isIP(bare(start)) !== isIP(address) || linkLocal.check(address, familyOf(address)))
		return false;
	const list = new BlockList();
	list.addSubnet(bare(start), Number(bits), familyOf(address));
	return list.check(address, familyOf(address));
}

/** Whether a host is on a list of names (`gpu-1`, `*.studio.lan`), addresses and ranges of addresses (`10.0.0.0/24`). */
export const isListedHost = (host: string, list: readonly string[]): boolean =>
	list.some((entry) => {
		if (entry.includes('/')) return isIn(bare(host), entry);
		if (entry.startsWith('*.')) return isIP(bare(host)) === 0 && bare(host).endsWith(entry.slice(1).toLowerCase());
		return bare(entry) === bare(host);
	});

/** The address of a server in its one spelling; null for what is none: only http and https, without names, words and questions. */
export function serverAddress(text: string): URL | null {
	const url = URL.parse(text.trim());
	if (url === null || !/^https?:$/.test(url.protocol)) return null;
	return url.username === '' && url.password === '' && url.search === '' && url.hash === '' ? url : null;
}
