import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import {
	JoinProject,
	socketPath,
	type ClientEvents,
	type ProjectState,
	type ServerEvents,
	type TaskPreview,
} from '@reelroom/shared/live/events.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { can, type Role } from '@reelroom/shared/workspace/access.ts';

export type SocketDeps = {
	server: HttpServer;
	accountOf: (headers: {
		cookie?: string | undefined;
		authorization?: string | undefined;
	}) => Promise<{ id: string; name: string } | null>;
	roleOf: (accountId: string, projectId: string) => Promise<Role | null>;
	stateOf: (projectId: string) => Promise<ProjectState>;
	/** The forming frames of what runs now. */
	previewsOf: (projectId: string) => Promise<TaskPreview[]>;
	allowedOrigin: (request: IncomingMessage) => boolean;
	log: Log;
};
export type Sockets = {
	/** Tells everybody in a project; a hint that may be missed. */
	tell<Name extends keyof ServerEvents>(projectId: string, name: Name, ...about: Parameters<ServerEvents[Name]>): void;
	/** Tells every window of an account, whatever it has open. */
	tellAccount(accountId: string, name: 'notifications.changed'): void;
	/** Puts an account out of projects at once. */
	revoke(accountId: string, projectIds: readonly string[]): void;
	/** Projects that somebody looks at here. */
	joined(): string[];
	close(): Promise<void>;
};

type Data = { account: { id: string; name: string } };
const roomOf = (projectId: string) => `project:${projectId}`;
const accountRoomOf = (accountId: string) => `account:${accountId}`;
const room = /^project:(.+)$/;

/** Hints to browsers over Socket.IO. Who joins a project is asked for their role and told the present state, so that nothing missed before matters. */
export function attachSockets({
	server,
	accountOf,
	roleOf,
	stateOf,
	previewsOf,
	allowedOrigin,
	log,
}: SocketDeps): Sockets {
	const io = new Server<ClientEvents, ServerEvents, Record<string, never>, Data>(server, {
		path: socketPath,
		// Another upgrade handler lives on this server; without this its connections would be cut after a second.
		destroyUpgrade: false,
		serveClient: false,
		maxHttpBufferSize: 100_000,
		allowRequest: (request, decide) => decide(null, allowedOrigin(request)),
	});
	io.use((socket, next) => {
		const { cookie, authorization } = socket.handshake.headers;
		const token: unknown = socket.handshake.auth.token;
		accountOf({ cookie, authorization: typeof token === 'string' ? `Bearer ${token}` : authorization }).then(
			(account) => {
				if (account === null) return next(new Error('sign-in-required'));
				socket.data.account = account;
				next();
			},
			(error: unknown) => {
				log.error({ err: error }, 'a socket could not be let in');
				next(new Error('internal'));
			},
		);
	});
	io.on('connection', (socket) => {
		void socket.join(accountRoomOf(socket.data.account.id));
		socket.on('project.join', (input, reply) => {
			if (typeof reply !== 'function') return;
			const join = async () => {
				const parsed = JoinProject.safeParse(input);
				if (!parsed.success) throw new Problem('invalid-input');
				const { projectId } = parsed.data;
				const role = await roleOf(socket.data.account.id, projectId);
				if (role === null || !can(role, 'project.read')) throw new Problem('not-found');
				// First the room, then the state: what happens in between is told twice rather than never.
				if (can(role, 'task.read')) await socket.join(roomOf(projectId));
				const state = await stateOf(projectId);
				const seesTasks = can(role, 'task.read');
				reply({ ok: true, state: seesTasks ? state : { ...state, tasks: [] } });
				if (seesTasks) for (const preview of await previewsOf(projectId)) socket.emit('task.previewed', preview);
			};
			join().catch((error: unknown) => {
				if (!(error instanceof Problem)) log.error({ err: error }, 'a socket could not join');
				reply({ ok: false, problem: (error instanceof Problem ? error : new Problem('internal')).details() });
			});
		});
		socket.on('project.leave', (input) => {
			const parsed = JoinProject.safeParse(input);
			if (parsed.success) void socket.leave(roomOf(parsed.data.projectId));
		});
	});
	return {
		tell: (projectId, name, ...about) => void io.to(roomOf(projectId)).emit(name, ...(about as never)),
		tellAccount: (accountId, name) => void io.to(accountRoomOf(accountId)).emit(name),
		revoke(accountId, projectIds) {
			for (const socket of io.sockets.sockets.values()) {
				if (socket.data.account.id !== accountId) continue;
				for (const projectId of projectIds) {
					if (!socket.rooms.has(roomOf(projectId))) continue;
					socket.emit('access.ended', { projectId });
					void socket.leave(roomOf(projectId));
				}
			}
		},
		joined: () => [...io.sockets.adapter.rooms.keys()].flatMap((name) => room.exec(name)?.[1] ?? []),
		close: async () => {
			io.disconnectSockets(true);
			// The HTTP server is closed by whoever opened it; here only the engine ends.
			io.engine.close();
		},
	};
}
