import { createHash, createHmac } from 'node:crypto';

export type SignedRequest = {
	method: 'POST' | 'GET';
	url: URL;
	body: string;
	accessKey: string;
	secretKey: string;
	region: string;
	service: string;
	at: Date;
};

const algorithm = 'HMAC-SHA256';
const digest = (words: string): string => createHash('sha256').update(words).digest('hex');
const hmac = (key: string | Buffer, words: string): Buffer => createHmac('sha256', key).update(words).digest();
/** Percent-encoded as RFC 3986 has it, which is stricter than what URLs need. */
const encoded = (words: string): string =>
	encodeURIComponent(words).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/** The headers that sign a request to Volcengine's open API (its Signature Version 4 look-alike, without a prefix before the secret key). */
export function signedHeaders({
	method,
	url,
	body,
	accessKey,
	secretKey,
	region,
	service,
	at,
}: SignedRequest): Record<string, string> {
	const date = at.toISOString().replace(/[-:]|\.\d{3}/g, '');
	const day = date.slice(0, 8);
	const headers: Record<string, string> = {
		'content-type': 'application/json',
		host: url.host,
		'x-content-sha256': digest(body),
		'x-date': date,
	};
	const names = Object.keys(headers).sort().join(';');
	const query = [...url.searchParams]
		.map(([name, value]) => [encoded(name), encoded(value)] as const)
		.sort(([a, av], [b, bv]) => (a < b ? -1 : a > b ? 1 : av < bv ? -1 : 1))
		.map(([name, value]) => `${name}=${value}`)
		.join('&');
	const canonical = [
		method,
		url.pathname
			.split('/')
			.map((part) => encoded(decodeURIComponent(part)))
			.join('/'),
		query,
		...Object.keys(headers)
			.sort()
			.map((name) => `${name}:${headers[name] ?? ''}`),
		'',
		names,
		digest(body),
	].join('\n');
	const scope = `${day}/${region}/${service}/request`;
	const key = [day, region, service, 'request'].reduce<string | Buffer>(hmac, secretKey);
	const signature = hmac(key, [algorithm, date, scope, digest(canonical)].join('\n')).toString('hex');
	const { host: _, ...sent } = headers;
	return {
		...sent,
		authorization: `${algorithm} Credential=${accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
	};
}
