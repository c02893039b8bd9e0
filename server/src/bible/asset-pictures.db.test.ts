import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

let server: TestServer;
let mei: Awaited<ReturnType<TestServer['person']>>;
let tom: typeof mei;
let project = '';

beforeAll(async () => {
	server = await aServer({ openStudio });
	[mei, tom] = [await server.person('Mei'), await server.person('Tom')];
	project = (await server.call('post', '/projects', { token: mei.token, body: { name: 'Film' } })).json.id;
});
afterAll(() => server?.close());

async function upload(bytes: Uint8Array, who = mei, to = project) {
	const response = await fetch(`${server.url}/api/v1/projects/${to}/bible/pictures`, {
		method: 'POST',
		headers: { Authorization: `Bearer ${who.token}`, 'Content-Type': 'application/octet-stream' },
		body: new Uint8Array(bytes),
	});
	return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}
const get = (path: string, who = mei) =>
	fetch(`${server.url}/api/v1${path}`, { headers: { Authorization: `Bearer ${who.token}` } });
const drawn = (width: number, height: number) =>
	sharp({ create: { width, height, channels: 3, background: { r: 90, g: 40, b: 200 } } });

/** A PNG of a few bytes that says it has so many pixels. */
function aHugePng(width: number, height: number): Uint8Array {
	const chunk = (type: string, data: Buffer): Buffer => {
		const body = Buffer.concat([Buffer.from(type), data]);
		const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
		length.writeUInt32BE(data.length);
		crc.writeUInt32BE(crc32(body));
		return Buffer.concat([length, body, crc]);
	};
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 0, 0, 0, 0], 8);
	const pixels = deflateSync(Buffer.alloc(1 << 20));
	const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
	return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

describe('a reference picture', () => {
	it.each(['png', 'jpeg', 'webp'] as const)(
		'of kind %s is written anew, turned upright, and shown small and whole',
		async (kind) => {
			const bytes = await drawn(900, 600).withMetadata({ orientation: 6 }).toFormat(kind).toBuffer();
			const { status, json } = await upload(bytes);
			expect([status, json.widthPx, json.heightPx]).toEqual([201, 600, 900]);
			const whole = await get(`/projects/${project}/bible/pictures/${String(json.sha256)}`);
			expect([whole.headers.get('content-type'), whole.headers.get('x-content-type-options')]).toEqual([
				'image/webp',
				'nosniff',
			]);
			const kept = await sharp(await whole.arrayBuffer()).metadata();
			expect(kept).toMatchObject({ format: 'webp', width: 600, height: 900 });
			expect([kept.exif, kept.orientation]).toEqual([undefined, undefined]);
			const small = await get(`/projects/${project}/bible/pictures/${String(json.sha256)}/thumbnail`);
			expect(await sharp(await small.arrayBuffer()).metadata()).toMatchObject({ format: 'webp', height: 400 });
		},
	);

	it('is kept once however often it comes, and no larger than models need', async () => {
		const bytes = await drawn(3000, 1000).png().toBuffer();
		const replies = await Promise.all([upload(bytes), upload(bytes), upload(bytes)]);
		expect(new Set(replies.map(({ json }) => json.sha256)).size).toBe(1);
		expect(replies[0]?.json.widthPx).toBe(2048);
		const rows = await server.mongo.db
			.collection('assetPictures')
			.countDocuments({ projectId: project, sha256: String(replies[0]?.json.sha256) });
		expect(rows).toBe(1);
	});

	it.each([
		['an SVG with a script', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
		['a page', Buffer.from('<!doctype html><script>alert(1)</script>')],
		['a PDF', Buffer.from('%PDF-1.7\n1 0 obj')],
		['letters that begin like a PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3])],
		['a single byte', Buffer.from([0])],
	])('%s is refused as no picture', async (_, bytes) => {
		const { status, json } = await upload(bytes);
		expect([status, json.code]).toEqual([422, 'not-a-picture']);
	});

	it('a GIF and half a PNG are refused, too', async () => {
		const whole = await drawn(400, 400).png({ compressionLevel: 0 }).toBuffer();
		for (const bytes of [await drawn(8, 8).gif().toBuffer(), whole.subarray(0, whole.length / 2)])
			expect((await upload(bytes)).json.code).toBe('not-a-picture');
	});

	it('of more pixels or bytes than are taken is refused within two seconds', async () => {
		const began = Date.now();
		for (const bytes of [aHugePng(30_000, 30_000), aHugePng(100_000, 501), new Uint8Array(21 * 1024 * 1024)])
			expect((await upload(bytes)).json.code).toBe('too-large');
		expect(Date.now() - began).toBeLessThan(2_000);
	});

	it('keeps nothing of a page that hides in it', async () => {
		const page = '<script>alert("hidden")</script>';
		const bytes = Buffer.concat([
			await drawn(40, 40)
				.withExif({ IFD0: { ImageDescription: page } })
				.jpeg()
				.toBuffer(),
			Buffer.from(page),
		]);
		const { json } = await upload(bytes);
		const sha256 = String(json.sha256);
		const kept = await readFile(join(server.dataDir, 'files', sha256.slice(0, 2), sha256), 'latin1');
		expect(kept).not.toContain('hidden');
	});

	it('is nobody else’s: neither by its name in another project, nor before it was stored there', async () => {
		const { json } = await upload(await drawn(33, 44).png().toBuffer());
		const sha256 = String(json.sha256);
		const other = (await server.call('post', '/projects', { token: tom.token, body: { name: 'Other' } })).json.id;
		expect((await get(`/projects/${other}/bible/pictures/${sha256}`, tom)).status).toBe(404);
		expect((await get(`/projects/${project}/bible/pictures/${sha256}`, tom)).status).toBe(404);
		expect((await upload(await drawn(5, 5).png().toBuffer(), tom)).json.code).toBe('not-found');
		expect((await get(`/projects/${project}/bible/pictures/${'0'.repeat(64)}`)).status).toBe(404);
	});
});
