import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { io, type Socket } from 'socket.io-client';
import { limits } from '@reelroom/shared/limits.ts';
import { socketPath, type ClientEvents, type ServerEvents } from '@reelroom/shared/live/events.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { aFaultProxy } from '@reelroom/shared/testing/fault-proxy.ts';
import { attachSockets } from './sockets.ts';

type Client = Socket<ServerEvents, ClientEvents>;
const closers: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});

/** Two who look at one project, one of them behind a network that can go wrong; that one also looks at another project, alone. */
async function twoOf(pingMs?: number) {
	const server = createServer();
	const sockets = attachSockets({
		server,
		...(pingMs === undefined ? {} : { pingMs }),
		signIns: {
			stands: async () => true,
			accountOf: async ({ authorization = '' }) => ({
				id: authorization,
				name: authorization,
				signInId: authorization,
			}),
		},
		roleOf: async () => 'viewer',
		stateOf: async () => ({ tasks: [], takes: [], films: [] }),
		previewsOf: async () => [],
		allowedOrigin: () => true,
		log: createLog('test', 'silent'),
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	closers.push(async () => {
		await sockets.close();
		server.close();
	});
	const wire = await aFaultProxy(port);
	closers.push(() => wire.close());
	const look = async (at: number, ...projectIds: string[]): Promise<Client> => {
		const client: Client = io(`http://127.0.0.1:${at}`, {
			path: socketPath,
			transports: ['websocket'],
			reconnection: false,
			auth: { token: 'somebody' },
		});
		closers.push(() => client.disconnect());
		for (const projectId of projectIds)
			expect(await client.emitWithAck('project.join', { projectId })).toMatchObject({ ok: true });
		return client;
	};
	const ada = await look(port, 'shared-0001');
	await look(wire.port, 'shared-0001', 'alone-00001');
	const isLost = () => !sockets.joined().includes('alone-00001');
	expect(isLost()).toBe(false);
	return { sockets, wire, ada, isLost };
}

it('a connection for hints whose cable was pulled is dropped when it does not answer, with its socket, while others go on hearing', async () => {
	const { sockets, wire, ada, isLost } = await twoOf(200);
	wire.freeze();
	await vi.waitFor(() => expect(isLost()).toBe(true), { timeout: 5_000, interval: 20 });
	const heard = new Promise((resolve) => ada.once('project.changed', resolve));
	sockets.tell('shared-0001', 'project.changed', { id: 'shared-0001' });
	expect(await heard).toEqual({ id: 'shared-0001' });
	wire.thaw();
	await vi.waitFor(() => expect(wire.open()).toBe(0), { timeout: 5_000, interval: 20 });
});

it('who reads no hints is dropped at its backlog, while others get every one', async () => {
	const { sockets, wire, ada, isLost } = await twoOf();
	let heard = 0;
	ada.on('task.previewed', () => heard++);
	wire.freeze();
	const bytes = new Uint8Array(90_000).buffer;
	let told = 0;
	while (!isLost()) {
		expect(told).toBeLessThan(1_000);
		told++;
		sockets.tell('shared-0001', 'task.previewed', { taskId: 'a', shotId: null, stage: 'ink', bytes });
		await vi.waitFor(() => expect(heard).toBe(told), { timeout: 5_000, interval: 1 });
	}
	// Not before there was much to wait for: what the network holds comes on top of the backlog.
	expect(told * bytes.byteLength).toBeGreaterThan(limits.hintBacklogBytes);
	wire.thaw();
	await vi.waitFor(() => expect(wire.open()).toBe(0), { timeout: 5_000, interval: 20 });
});
