import { createServer, get, Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createLeave } from './leave.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});
async function aServer() {
	const server = createServer();
	const leave = createLeave(server);
	const heard: ServerResponse[] = [];
	server.on('request', (_request, response) => heard.push(response));
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	closers.push(() => server.closeAllConnections());
	const agent = new Agent({ keepAlive: true });
	closers.push(() => agent.destroy());
	const ask = async (): Promise<IncomingMessage> => {
		const asked = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent });
		const [reply] = (await once(asked, 'response')) as [IncomingMessage];
		reply.resume();
		return reply;
	};
	return { server, leave, heard, ask };
}

test('who is being answered when the server leaves is answered, and told to come back over another connection', async () => {
	const { server, leave, heard, ask } = await aServer();
	const asked = ask();
	await expect.poll(() => heard.length).toBe(1);
	const closed = new Promise((resolve) => server.close(resolve));
	const left = leave.begin(10_000);
	expect(
		await Promise.race([left.then(() => 'left'), new Promise((resolve) => setTimeout(resolve, 50, 'waits'))]),
	).toBe('waits');
	heard[0]?.end('well');
	const reply = await asked;
	expect([reply.statusCode, reply.headers.connection]).toEqual([200, 'close']);
	await left;
	await closed;
});

test('who takes too long is not waited for, and nobody is where nobody asks', async () => {
	const { leave, heard, ask } = await aServer();
	await leave.begin(10_000);
	const asked = ask();
	asked.catch(() => {});
	await expect.poll(() => heard.length).toBe(1);
	const began = performance.now();
	await leave.begin(100);
	expect(performance.now() - began).toBeLessThan(5_000);
	heard[0]?.end();
	expect((await asked).headers.connection).toBe('close');
});
