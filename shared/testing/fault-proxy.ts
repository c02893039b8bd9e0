import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A network between a client and a server that goes wrong when it is told to. */
export type FaultProxy = {
	port: number;
	/** Connections from now on go to this port of this machine; null refuses them. */
	to(port: number | null): void;
	/** Ends all connections at once, as a server does that was killed. */
	cut(): void;
	/** Keeps the connections open and lets nothing through, as a pulled cable does. */
	freeze(): void;
	/** Lets through again what was held back. */
	thaw(): void;
	/** Everything that comes from now on goes on so much later, in its order; null sends it at once. */
	delay(ms: (() => number) | null): void;
	/** Connections from now on of which it says so are reset after some of what they carry. */
	reset(chance: (() => boolean) | null): void;
	/** Passes no more than this on, in small pieces, as to somebody who reads slowly; null as much as comes. */
	drip(bytesPerSecond: number | null): void;
	/** The next answers are cut off before their first byte. */
	loseAnswers(count: number): void;
	/** Looks at what clients send before it goes on, which waits for it. */
	watch(look: ((bytes: Buffer) => Promise<void> | undefined) | null): void;
	/** How many connections are open towards the server. */
	open(): number;
	close(): Promise<void>;
};

/** Starts a proxy for TCP on a free port of this machine. */
export async function aFaultProxy(target: number): Promise<FaultProxy> {
	let port: number | null = target;
	let isFrozen = false;
	let delayMs: (() => number) | null = null;
	let isReset: (() => boolean) | null = null;
	let bytesPerSecond: number | null = null;
	let answersToLose = 0;
	let look: ((bytes: Buffer) => Promise<void> | undefined) | null = null;
	/** Whether something is still on its way to a socket. */
	const underWay = new WeakMap<Socket, () => boolean>();
	/** Ends of connections that came while the network was frozen. */
	const untold = new Set<() => void>();
	const pairs = new Set<readonly [client: Socket, server: Socket]>();

	const proxy = createServer({ allowHalfOpen: false }, (client) => {
		client.on('error', () => {});
		if (port === null) return void client.destroy();
		const server = connect(port, '127.0.0.1');
		const pair = [client, server] as const;
		pairs.add(pair);
		for (const socket of pair) socket.setNoDelay(true);
		// What is reset has heard something, and may have been answered.
		let passes = isReset?.() === true ? 1 + Math.floor(Math.random() * 6) : Infinity;
		const isCut = (): boolean => {
			if (--passes > 0) return false;
			for (const socket of pair) socket.resetAndDestroy();
			return true;
		};
		forward(client, server, isCut, (bytes) => look?.(bytes));
		forward(server, client, () => {
			if (answersToLose <= 0) return isCut();
			answersToLose--;
			for (const socket of pair) socket.destroy();
			return true;
		});
		const end = () => {
			// A frozen network tells neither side that the other is gone, until it is thawed; a slow one later.
			if (isFrozen) return void untold.add(end);
			pairs.delete(pair);
			for (const socket of pair) if (underWay.get(socket)?.() !== true) socket.destroy();
		};
		for (const socket of pair) socket.on('error', end).on('close', end);
	});

	function forward(
		from: Socket,
		to: Socket,
		isCut: () => boolean,
		looked: (bytes: Buffer) => Promise<void> | undefined = () => undefined,
	): void {
		const late: { at: number; bytes: Buffer }[] = [];
		const pass = (bytes: Buffer) => void (to.write(bytes) || from.pause());
		// One timer for all that is under way: nothing overtakes what came before it.
		const passLate = () => {
			for (let first = late[0]; first !== undefined; first = late[0]) {
				const inMs = first.at - performance.now();
				if (inMs > 0) return void setTimeout(passLate, inMs);
				if (bytesPerSecond !== null && !to.destroyed) {
					from.pause();
					to.write(first.bytes.subarray(0, 1));
					first.bytes = first.bytes.subarray(1);
					first.at = performance.now() + 1_000 / bytesPerSecond;
					if (first.bytes.length > 0) continue;
				} else pass(first.bytes);
				late.shift();
			}
			if (from.destroyed) to.end();
			else if (!isFrozen && !to.writableNeedDrain) from.resume();
		};
		const take = (bytes: Buffer) => {
			if (isCut()) return;
			const ms = delayMs?.() ?? 0;
			if (ms === 0 && bytesPerSecond === null && late.length === 0) return pass(bytes);
			if (late.push({ at: performance.now() + ms, bytes }) === 1) passLate();
		};
		let before: Promise<void> | undefined;
		from.on('data', (bytes: Buffer) => {
			const looking = looked(bytes);
			if (looking === undefined && before === undefined) return take(bytes);
			const turn: Promise<void> = Promise.all([before, looking]).then(() => {
				if (before === turn) before = undefined;
				take(bytes);
			});
			before = turn;
		});
		underWay.set(to, () => late.length > 0);
		to.on('drain', () => isFrozen || late.length > 0 || from.resume());
		if (isFrozen) from.pause();
	}
	const each = (act: (socket: Socket) => void) => [...pairs].flat().forEach(act);

	await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	return {
		port: (proxy.address() as AddressInfo).port,
		to: (next) => void (port = next),
		cut: () => each((socket) => socket.destroy()),
		freeze() {
			isFrozen = true;
			each((socket) => socket.pause());
		},
		thaw() {
			isFrozen = false;
			each((socket) => socket.resume());
			for (const end of untold) end();
			untold.clear();
		},
		delay: (ms) => void (delayMs = ms),
		reset: (chance) => void (isReset = chance),
		drip: (bytes) => void (bytesPerSecond = bytes),
		loseAnswers: (count) => void (answersToLose = count),
		watch: (next) => void (look = next),
		open: () => [...pairs].filter(([, server]) => !server.destroyed).length,
		async close() {
			isFrozen = false;
			each((socket) => socket.destroy());
			await new Promise<void>((resolve) => proxy.close(() => resolve()));
		},
	};
}
