import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** For how long a server that did not answer is asked last. */
const restMs = 1_000;

/** One port in front of several servers. */
export type Balancer = { port: number; close(): Promise<void> };

/**
 * Listens on one port and hands each connection to one of the servers in turn; a server that does not answer is passed over, and who was
 * connected to one that dies is cut off at once, to come back to another. It knows TCP only: any server can serve any request.
 */
export async function startBalancer(options: {
	port: number;
	host: string;
	targets: readonly number[];
}): Promise<Balancer> {
	const { targets } = options;
	const restsUntil = new Map<number, number>();
	const sockets = new Set<Socket>();
	let turn = 0;

	/** All servers, the next in turn first, those that did not answer last. */
	function inTurn(): number[] {
		const first = turn++ % targets.length;
		const order = [...targets.slice(first), ...targets.slice(0, first)];
		const isResting = (port: number) => (restsUntil.get(port) ?? 0) > Date.now();
		return [...order.filter((port) => !isResting(port)), ...order.filter(isResting)];
	}

	const server = createServer({ pauseOnConnect: true }, (client) => {
		sockets.add(client);
		client.setNoDelay(true);
		client.on('error', () => client.destroy());
		client.on('close', () => sockets.delete(client));
		serve(client, inTurn());
	});

	function serve(client: Socket, ports: readonly number[]): void {
		const [port, ...others] = ports;
		if (client.destroyed) return;
		if (port === undefined) return void client.destroy();
		const upstream = connect(port, '127.0.0.1');
		sockets.add(upstream);
		upstream.setNoDelay(true);
		let isConnected = false;
		upstream.on('connect', () => {
			isConnected = true;
			restsUntil.delete(port);
			client.pipe(upstream).pipe(client);
			client.on('close', () => upstream.destroy());
		});
		upstream.on('error', () => upstream.destroy());
		upstream.on('close', () => {
			sockets.delete(upstream);
			if (isConnected) return void client.destroySoon();
			restsUntil.set(port, Date.now() + restMs);
			serve(client, others);
		});
	}

	server.listen(options.port, options.host);
	await once(server, 'listening');
	const address = server.address();
	return {
		port: typeof address === 'object' && address !== null ? address.port : options.port,
		async close() {
			const closed = new Promise<void>((resolve) => server.close(() => resolve()));
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}
