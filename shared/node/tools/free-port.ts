import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A port of the loopback address that nobody listens on now. */
export async function freePort(): Promise<number> {
	const probe = createServer();
	await new Promise<void>((listening, failed) => {
		probe.once('error', failed);
		probe.listen(0, '127.0.0.1', listening);
	});
	const { port } = probe.address() as AddressInfo;
	await new Promise((closed) => probe.close(closed));
	return port;
}

/** Says whether the port can be listened on at that address. */
export async function isPortFree(port: number, host?: string): Promise<boolean> {
	const probe = createServer();
	return new Promise((answer) => {
		probe.once('error', () => answer(false));
		probe.listen({ port, ...(host === undefined ? {} : { host }) }, () => probe.close(() => answer(true)));
	});
}
