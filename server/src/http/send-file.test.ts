import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerProblems } from './problems.ts';
import { contentDisposition, sendFile } from './send-file.ts';

let server: Server;
let base = '';
let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), '.reelroom-files-'));
	const path = join(folder, 'film');
	await writeFile(path, '0123456789');
	const app = express();
	app.get('/disk', (request, response) =>
		sendFile(request, response, {
			file: path,
			mediaType: 'video/mp4',
			cache: 'immutable',
			downloadName: '愚公 "1".mp4',
		}),
	);
	app.get('/memory', (request, response) =>
		sendFile(request, response, { file: Buffer.from('0123456789'), mediaType: 'image/webp', cache: 'none' }),
	);
	app.get('/gone', (request, response) =>
		sendFile(request, response, { file: join(folder, 'gone'), mediaType: 'video/mp4', cache: 'none' }),
	);
	app.use(answerProblems({ error: () => {}, warn: () => {} }));
	server = createServer(app).listen(0, '127.0.0.1');
	await once(server, 'listening');
	base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
	server.close();
	await rm(folder, { recursive: true, force: true });
});

describe.each(['/disk', '/memory'])('a file reply from %s', (path) => {
	const get = (headers: Record<string, string> = {}) => fetch(base + path, { headers });

	it('is answered whole, or the range that was asked for', async () => {
		const whole = await get();
		expect([
			whole.status,
			await whole.text(),
			whole.headers.get('accept-ranges'),
			whole.headers.get('x-content-type-options'),
		]).toEqual([200, '0123456789', 'bytes', 'nosniff']);
		const part = await get({ Range: 'bytes=2-4' });
		expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10']);
	});

	it('is answered whole for more last bytes than it has, and refused for none of them', async () => {
		for (const range of ['bytes=-11', 'bytes=-99999999999999999999']) {
			const whole = await get({ Range: range });
			expect([whole.status, await whole.text(), whole.headers.get('content-range')]).toEqual([
				206,
				'0123456789',
				'bytes 0-9/10',
			]);
		}
		expect(await (await get({ Range: 'bytes=-3' })).text()).toBe('789');
		expect((await get({ Range: 'bytes=-0' })).status).toBe(416);
	});

	it('is refused for a range outside of it', async () => {
		const outside = await get({ Range: 'bytes=20-30' });
		expect([outside.status, outside.headers.get('content-range')]).toEqual([416, 'bytes */10']);
		expect(((await outside.json()) as { code: string }).code).toBe('range-not-satisfiable');
	});

	it('is not sent again to who has it', async () => {
		const tag = (await get()).headers.get('etag') ?? '';
		const again = await get({ 'If-None-Match': tag, 'Cache-Control': 'max-age=0' });
		expect(again.status).toBe(304);
	});
});

it('a file that is gone is answered as not found', async () => {
	const reply = await fetch(`${base}/gone`);
	expect([reply.status, ((await reply.json()) as { code: string }).code]).toEqual([404, 'not-found']);
});

it('a download is named in every script, and no name breaks the header', () => {
	expect(contentDisposition('愚公.mp4')).toBe(
		'attachment; filename="__.mp4"; filename*=UTF-8\'\'%E6%84%9A%E5%85%AC.mp4',
	);
	expect(contentDisposition('a"\r\n../b.mp4')).toBe(
		'attachment; filename="a___.._b.mp4"; filename*=UTF-8\'\'a%22__.._b.mp4',
	);
});
