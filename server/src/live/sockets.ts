import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server, type RemoteSocket } from 'socket.io';
import {
	JoinProject,
	socketPath,
	type ClientEvents,
	type ProjectState,
	type ServerEvents,
	type TaskListChange,
	type TaskPreview,
} from '@reelroom/shared/live/events.ts';
import { limits } from '@reelroom/shared/limits.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { SignIns } from '../account/sign-ins.ts';
import type { SignedIn } from '../http/on.ts';
import { can, type Role } from '@reelroom/shared/workspace/access.ts';
import { boundBacklogs } from './bound-backlogs.ts';
import { createRoomTeller } from './tell-rooms.ts';

export type SocketDeps = {
	server: HttpServer;
	signIns: SignIns;
	roleOf: (accountId: string, projectId: string) => Promise<Role | null>;
	stateOf: (projectId: string) => Promise<ProjectState>;
	/** The forming frames of what runs now. */
	previewsOf: (projectId: string) => Promise<TaskPreview[]>;
	allowedOrigin: (request: IncomingMessage) => boolean;
	log: Log;
	pingMs?: number;
};
export type Sockets = {
	/** Tells everybody in a project; a hint that may be missed. */
	tell<Name extends keyof ServerEvents>(projectId: string, name: Name, ...about: Parameters<ServerEvents[Name]>): void;
	/** Tells every window of an account, whatever it has open. */
	tellAccount(accountId: string, name: 'notifications.changed'): void;
	/** Tells whoever of an account follows the tasks of all their projects. */
	tellFollowers(accountId: string, changes: readonly TaskListChange[]): void;
	/** Whether anybody does here. */
	hasFollowers(): boolean;
	/** Puts an account out of projects at once. */
	revoke(accountId: string, projectIds: readonly string[]): void;
	/** Asks again for the roles of an account, null for everybody's, and puts whoever has none out of that project. */
	askRoles(accountId: string | null): void;
	/** Closes what was opened by a sign-in that has ended; null: asks again for all of them. */
	endSignIn(signInId: string | null): void;
	/** Projects that somebody looks at here. */
	joined(): string[];
	/** Whether somebody looks at this one here. */
	isJoined(projectId: string): boolean;
	close(): Promise<void>;
};

type Data = { account: SignedIn; endingsBefore: number };
const roomOf = (projectId: string) => `project:${projectId}`;
const followersRoom = 'followers';
const followersRoomOf = (accountId: string) => `followers:${accountId}`;
const accountRoomOf = (accountId: string) => `account:${accountId}`;
const signInRoomOf = (signInId: string) => `sign-in:${signInId}`;
const room = /^project:(.+)$/;

const projectsOf = (rooms: Iterable<string>): string[] => [...rooms].flatMap((name) => room.exec(name)?.[1] ?? []);

/** Hints to browsers over Socket.IO. Who joins a project is asked for their role and told the present state, so that nothing missed before matters. */
export function attachSockets({
	server,
	signIns,
	roleOf,
	stateOf,
	previewsOf,
	allowedOrigin,
	log,
	pingMs = limits.syncPingMs,
}: SocketDeps): Sockets {
	const io = new Server<ClientEvents, ServerEvents, Record<string, never>, Data>(server, {
		path: socketPath,
		// Another upgrade handler lives on this server; without this its connections would be cut after a second.
		destroyUpgrade: false,
		serveClient: false,
		maxHttpBufferSize: 100_000,
		// A half-open connection is gone after twice this, as one to a live document is.
		pingInterval: pingMs,
		pingTimeout: pingMs,
		allowRequest: (request, decide) => decide(null, allowedOrigin(request)),
	});
	boundBacklogs(io, limits.hintBacklogBytes);
	const tellRoom = createRoomTeller(io as unknown as Server);
	/** How often sign-ins have ended: one that ends while its socket is let in is not missed. */
	let endings = 0;
	io.use((socket, next) => {
		socket.data.endingsBefore = endings;
		const { cookie, authorization } = socket.handshake.headers;
		const token: unknown = socket.handshake.auth.token;
		signIns.accountOf({ cookie, authorization: typeof token === 'string' ? `Bearer ${token}` : authorization }).then(
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
	/** Closes whatever was opened by this sign-in, unless it stands after all. */
	async function askAgain(signInId: string): Promise<void> {
		try {
			if (!(await signIns.stands(signInId))) io.in(signInRoomOf(signInId)).disconnectSockets(true);
		} catch (error) {
			log.warn({ err: error }, 'could not ask for a sign-in');
		}
	}
	const putOut = (socket: Pick<RemoteSocket<ServerEvents, Data>, 'emit' | 'leave'>, projectId: string): void => {
		socket.emit('access.ended', { projectId });
		void socket.leave(roomOf(projectId));
	};
	io.on('connection', (socket) => {
		const { account, endingsBefore } = socket.data;
		void socket.join([accountRoomOf(account.id), signInRoomOf(account.signInId)]);
		if (endingsBefore !== endings) void askAgain(account.signInId);
		socket.on('project.join', (input, reply) => {
			if (typeof reply !== 'function') return;
			const join = async () => {
				const parsed = JoinProject.safeParse(input);
				if (!parsed.success) throw new Problem('invalid-input');
				const { projectId } = parsed.data;
				const role = await roleOf(account.id, projectId);
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
		socket.on('taskList.follow', () => void socket.join([followersRoom, followersRoomOf(account.id)]));
		socket.on('project.leave', (input) => {
			const parsed = JoinProject.safeParse(input);
			if (parsed.success) void socket.leave(roomOf(parsed.data.projectId));
		});
	});
	return {
		tell: (projectId, name, ...about) => tellRoom(roomOf(projectId), name, ...about),
		tellAccount: (accountId, name) => void io.to(accountRoomOf(accountId)).emit(name),
		tellFollowers: (accountId, changes) => void io.to(followersRoomOf(accountId)).emit('taskList.changed', changes),
		hasFollowers: () => io.sockets.adapter.rooms.has(followersRoom),
		revoke(accountId, projectIds) {
			for (const socket of io.sockets.sockets.values()) {
				if (socket.data.account.id !== accountId) continue;
				for (const projectId of projectIds) if (socket.rooms.has(roomOf(projectId))) putOut(socket, projectId);
			}
		},
		askRoles(accountId) {
			const asked = new Map<string, Promise<Role | null>>();
			for (const socket of io.sockets.sockets.values()) {
				const { id } = socket.data.account;
				if (accountId !== null && accountId !== id) continue;
				for (const projectId of projectsOf(socket.rooms)) {
					const role = asked.get(`${id} ${projectId}`) ?? roleOf(id, projectId);
					asked.set(`${id} ${projectId}`, role);
					role.then(
						(found) => (found === null || !can(found, 'task.read')) && putOut(socket, projectId),
						(error: unknown) => log.warn({ err: error }, 'could not ask for a role'),
					);
				}
			}
		},
		endSignIn(signInId) {
			endings++;
			if (signInId !== null) return void io.in(signInRoomOf(signInId)).disconnectSockets(true);
			const open = new Set([...io.sockets.sockets.values()].map(({ data }) => data.account.signInId));
			for (const each of open) void askAgain(each);
		},
		isJoined: (projectId) => io.sockets.adapter.rooms.has(roomOf(projectId)),
		joined: () => projectsOf(io.sockets.adapter.rooms.keys()),
		close: async () => {
			io.disconnectSockets(true);
			// The HTTP server is closed by whoever opened it; here only the engine ends.
			io.engine.close();
		},
	};
}
