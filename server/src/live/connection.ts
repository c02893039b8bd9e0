import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { limits } from '@reelroom/shared/limits.ts';
import { closeCodes, packedParameter, syncPath } from '@reelroom/shared/live/protocol.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { RightsChanges } from '@reelroom/shared/node/stores/rights-changes.ts';
import { can, type Role } from '@reelroom/shared/workspace/access.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { LiveDocuments } from './documents.ts';
import { packedMessage } from './frames.ts';
import { Inbox } from './inbox.ts';
import { Outboxes } from './outbox.ts';
import { Session } from './session.ts';
import { WorkTime } from './work-time.ts';

/** What a ticket says. */
type Pass = { accountId: string; name: string; projectId: string; signInId: string };

export type SyncDeps = {
	server: Server;
	documents: LiveDocuments;
	/** Spends a ticket; null when it is unknown, spent or too old. */
	verifyTicket(ticket: string): Promise<Pass | null>;
	roleOf(accountId: string, projectId: string): Promise<Role | null>;
	/** Whether a sign-in has not ended. */
	signInStands(signInId: string): Promise<boolean>;
	/** Tells whose role may have changed and which sign-in has ended; without it all are asked for again and again. */
	followRights?(on: Omit<RightsChanges, 'failed'>): { close(): Promise<void> };
	allowedOrigin(request: IncomingMessage): boolean;
	log: Log;
	pingMs?: number;
};

/** How long a role and a sign-in may be trusted when nobody tells that it has changed. */
export const roleMs = 2_000;
/** Roles that are followed are asked for again all the same, some at a time. */
const netMs = { tick: 10_000, ticks: 180 };
const maxConnectionsPerAccount = 50;
/** Thousands of connections are pinged some at a time, in so many parts. */
const pingTurns = 25;

/** Serves the live documents' WebSocket on an HTTP server; other upgrades are left to others. */
export function attachSync(deps: SyncDeps): { close(): Promise<void> } {
	const { server, documents, log, pingMs = limits.syncPingMs } = deps;
	const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.syncFrameBytes, perMessageDeflate: false });
	const sessions = new Set<Session>();
	const pinged = Array.from({ length: pingTurns }, () => new Set<Session>());
	let begun = 0;
	const outboxes = new Outboxes();
	const work = new WorkTime();
	/** How often rights have changed: what changes while a connection is let in is not missed. */
	let changes = 0;

	function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
		const url = URL.parse(request.url ?? '', 'http://sync');
		if (url === null || !url.pathname.startsWith(`${syncPath}/`)) return;
		// Refused upgrades make y-websocket try for ever; it understands close codes only, so every upgrade is accepted first.
		sockets.handleUpgrade(request, socket, head, (opened) => {
			const inbox = new Inbox();
			const early = (frame: Buffer) => {
				if (!inbox.take(frame)) opened.close(closeCodes.tooMany, 'Too much before the start');
			};
			opened.on('message', early);
			const changesBefore = changes;
			opened.on('error', failed);
			admit(request, url, { socket: opened, wire: socket, inbox }).then(
				(session) => {
					if (session === null) return;
					opened.off('message', early);
					begin(opened, session);
					session.start(inbox.frames);
					if (changesBefore !== changes) void session.recheck();
				},
				(error: unknown) => {
					if (error instanceof Problem && error.code === 'not-found') return opened.close(closeCodes.gone, 'Gone');
					log.warn({ err: error }, 'could not open a live document');
					opened.close(closeCodes.goingAway, 'Not ready');
				},
			);
		});
	}

	const failed = (error: Error): void => log.debug({ err: error }, 'sync socket');

	/** Apart from its opening, of which nothing is to stay in memory as long as the connection does. */
	function begin(socket: WebSocket, session: Session): void {
		const turn = pinged[begun++ % pingTurns];
		sessions.add(session);
		turn?.add(session);
		socket.on('close', () => {
			sessions.delete(session);
			turn?.delete(session);
		});
	}

	/** What is stored of a document, for one who has nothing of it and begins with that while this server still builds it; null when the document is there first. */
	function storedFor(inbox: Inbox, projectId: string, opening: Promise<unknown>): Promise<Uint8Array | null> {
		const asked = Promise.all([documents.storedAhead(projectId), inbox.askedForAll]).then(([stored]) => stored);
		return Promise.race([asked, opening.then(() => null)]);
	}

	async function admit(
		request: IncomingMessage,
		url: URL,
		{ socket, wire, inbox }: { socket: WebSocket; wire: Duplex; inbox: Inbox },
	): Promise<Session | null> {
		const refuse = (code: number, reason: string): null => {
			socket.close(code, reason);
			return null;
		};
		if (!deps.allowedOrigin(request)) return refuse(closeCodes.notAllowed, 'Foreign origin');
		const ticket = url.searchParams.get('ticket');
		if (ticket === null || ticket === '') return refuse(closeCodes.signIn, 'Sign in first');
		const projectId = url.pathname.slice(syncPath.length + 1);
		const pass = await deps.verifyTicket(ticket);
		if (pass === null) return refuse(closeCodes.ticketSpent, 'The ticket has ended');
		if (pass.projectId !== projectId) return refuse(closeCodes.gone, 'There is nothing here');
		const [role, stands] = await Promise.all([
			deps.roleOf(pass.accountId, projectId),
			deps.signInStands(pass.signInId),
		]);
		if (!stands) return refuse(closeCodes.signIn, 'Sign in first');
		if (role === null) return refuse(closeCodes.gone, 'There is nothing here');
		if (!can(role, 'document.read')) return refuse(closeCodes.notAllowed, 'Your role does not allow this');
		if ([...sessions].filter((session) => session.accountId === pass.accountId).length >= maxConnectionsPerAccount)
			return refuse(closeCodes.tooMany, 'Too many connections');
		const takesPacked = url.searchParams.has(packedParameter);
		const opening = documents.open(projectId);
		const stored = takesPacked ? await storedFor(inbox, projectId, opening) : null;
		if (stored !== null && socket.readyState === socket.OPEN) socket.send(packedMessage(stored));
		const life = await opening;
		if (socket.readyState !== socket.OPEN) return null;
		return new Session({
			socket,
			wire,
			outboxes,
			work,
			life,
			accountId: pass.accountId,
			name: pass.name,
			signInId: pass.signInId,
			role,
			roleOf: () => deps.roleOf(pass.accountId, projectId),
			signInStands: () => deps.signInStands(pass.signInId),
			takesPacked,
			hasStored: stored !== null,
			log,
		});
	}

	server.on('upgrade', onUpgrade);
	let pingTurn = 0;
	const ping = setInterval(() => {
		pingTurn = (pingTurn + 1) % pingTurns;
		pinged[pingTurn]?.forEach((session) => session.ping());
	}, pingMs / pingTurns);
	const following = deps.followRights?.({
		roleChanged(accountId) {
			changes++;
			for (const session of sessions) if (accountId === null || session.accountId === accountId) void session.recheck();
		},
		signInEnded(id) {
			changes++;
			for (const session of sessions)
				if (id === null) void session.recheck();
				else if (session.signInId === id) session.signedOut();
		},
	});
	let tick = 0;
	const recheck = setInterval(
		() => {
			tick++;
			let index = 0;
			for (const session of sessions)
				if (following === undefined || index++ % netMs.ticks === tick % netMs.ticks) void session.recheck();
		},
		following === undefined ? roleMs : netMs.tick,
	);
	ping.unref();
	recheck.unref();

	return {
		async close() {
			server.off('upgrade', onUpgrade);
			clearInterval(ping);
			clearInterval(recheck);
			await following?.close();
			for (const session of sessions) session.close(closeCodes.goingAway, 'The server is going away');
			await new Promise<void>((resolve) => sockets.close(() => resolve()));
		},
	};
}
