import type { Asked } from './stand-in.ts';

// Computed apart from the client's own way: from what came over the wire, by WebCrypto.
const text = new TextEncoder();
const hex = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('hex');
const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
	hex(await crypto.subtle.digest('SHA-256', bytes));
async function hmac(key: Uint8Array<ArrayBuffer>, words: string): Promise<Uint8Array<ArrayBuffer>> {
	const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
	return new Uint8Array(await crypto.subtle.sign('HMAC', imported, text.encode(words)));
}

const pattern =
	/^HMAC-SHA256 Credential=([^/\s]+)\/(\d{8})\/([\w-]+)\/(\w+)\/request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/;

/** What is wrong with the signature of a request to Volcengine's open API; null when nothing is. */
export async function signatureFault(
	{ method, target, headers, bytes }: Asked,
	keys: { accessKey: string; secretKey: string },
	about: { region: string; service: string; now: Date },
): Promise<'MissingAuthenticationToken' | 'InvalidAccessKey' | 'InvalidTimestamp' | 'SignatureDoesNotMatch' | null> {
	const [, accessKey, day, region, service, names = '', signature] = pattern.exec(headers.authorization ?? '') ?? [];
	if (accessKey === undefined) return 'MissingAuthenticationToken';
	if (accessKey !== keys.accessKey) return 'InvalidAccessKey';
	const date = String(headers['x-date']);
	const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
	const at = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
	if (!(Math.abs(at - about.now.getTime()) <= 15 * 60_000) || !date.startsWith(day ?? '-')) return 'InvalidTimestamp';
	const body = new Uint8Array(bytes);
	const bodyDigest = await sha256(body);
	const signed = names.split(';');
	const isWhole = ['host', 'x-date', 'x-content-sha256'].every((name) => signed.includes(name));
	if (!isWhole || headers['x-content-sha256'] !== bodyDigest || region !== about.region || service !== about.service)
		return 'SignatureDoesNotMatch';
	const [path = '', query = ''] = target.split('?');
	const request = [
		method,
		path,
		query.split('&').sort().join('&'),
		signed.map((name) => `${name}:${String(headers[name]).trim()}\n`).join(''),
		names,
		bodyDigest,
	].join('\n');
	const scope = `${day}/${region}/${service}/request`;
	const words = `HMAC-SHA256\n${date}\n${scope}\n${await sha256(text.encode(request))}`;
	let key = text.encode(keys.secretKey);
	for (const part of [day ?? '', region, service, 'request']) key = await hmac(key, part);
	return Buffer.from(await hmac(key, words)).toString('hex') === signature ? null : 'SignatureDoesNotMatch';
}
