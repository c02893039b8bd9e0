import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
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
	const { port } = server.address() as AddressInfo;
	const agent = new Agent({ keepAlive: true });
	closers.push(() => agent.destroy());
	const ask = async (): Promise<IncomingMessage> => {
		const asked = get({ port, host: '127.0.0.1', agent });
		const [reply] = (await once(asked, 'response')) as [IncomingMessage];
		reply.resume();
		return reply;
	};
	return { server, port, leave, heard, ask };
}

test('who is being answered when the server leaves is answered, and told to come back over another connection', async () => {
	const { leave, heard, ask } = await aServer();
	const asked = ask();
	await expect.poll(() => heard.length).toBe(1);
	const { answered, closed } = leave.begin(10_000);
	let isLeft = false;
	void answered.then(() => (isLeft = true));
	await new Promise((resolve) => setTimeout(resolve, 400));
	expect(isLeft).toBe(false);
	heard[0]?.end('well');
	const reply = await asked;
	expect([reply.statusCode, reply.headers.connection]).toEqual([200, 'close']);
	await answered;
	await closed;
});

test('who takes too long is not waited for, and nobody is where nobody asks', async () => {
	const { leave, heard, ask } = await aServer();
	const asked = ask();
	await expect.poll(() => heard.length).toBe(1);
	const { answered, closed } = leave.begin(100);
	await answered;
	heard[0]?.end();
	expect((await asked).headers.connection).toBe('close');
	await closed;
	const other = await aServer();
	const none = other.leave.begin(10_000);
	await none.answered;
	await none.closed;
});

test('who has connected and not asked yet is answered', async () => {
	const { server, port, leave, heard } = await aServer();
	const socket = connect(port, '127.0.0.1');
	await once(server, 'connection');
	const { answered, closed } = leave.begin(10_000);
	await new Promise((resolve) => setTimeout(resolve, 50));
	socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
	await expect.poll(() => heard.length).toBe(1);
	heard[0]?.end('well');
	const [bytes] = (await once(socket, 'data')) as [Buffer];
	expect(bytes.toString()).toMatch(/^HTTP\/1.1 200 [^]*Connection: close/);
	await answered;
	await closed;
});
