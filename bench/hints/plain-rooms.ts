// A peer: what changes of tasks is told to whoever looks, by a room of Socket.IO or over ws, as one would write it first: no rights, no state, no throttle.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import { createBus } from '../../shared/node/bus.ts';
import { createLog } from '../../shared/node/log.ts';
import { connectMongo } from '../../shared/node/mongo.ts';
import { toTask } from '../../shared/node/stores/task-record.ts';
import { projectDir } from '../../shared/node/tools/cache.ts';
import { socketPath } from '../../shared/src/live/events.ts';

type Rooms = {
	on(event: 'connection', listener: (socket: { join(room: string): void; on: Rooms['on'] }) => void): void;
	on(event: 'project.join', listener: (input: { projectId: string }, reply: (about: object) => void) => void): void;
	to(room: string): { emit(name: string, about: object): void };
};
const [how = '', uri = '', port = ''] = process.argv.slice(2);
const { db } = await connectMongo(uri);
const bus = await createBus({ db, log: createLog('bench', 'silent'), topics: ['tasks'] });
const server = createServer();

if (how === 'socket.io') {
	const { Server } = createRequire(join(projectDir, 'server/package.json'))('socket.io') as {
		Server: new (server: object, options: object) => Rooms;
	};
	const io = new Server(server, { path: socketPath, serveClient: false });
	io.on('connection', (socket) => {
		socket.on('project.join', ({ projectId }, reply) => {
			socket.join(projectId);
			reply({ ok: true });
		});
	});
	bus.on('tasks', (record) => io.to(record.projectId).emit('task.changed', toTask(record, null)));
} else {
	const sockets = new Set<WebSocket>();
	new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
	});
	bus.on('tasks', (record) => {
		const words = JSON.stringify(['task.changed', toTask(record, null)]);
		for (const socket of sockets) socket.send(words);
	});
}
server.listen(Number(port), '127.0.0.1');
