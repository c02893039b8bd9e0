// The limit: hands every frame to the others in the same room and knows nothing of documents.
import { WebSocketServer } from 'ws';

const rooms = new Map();
new WebSocketServer({ host: '127.0.0.1', port: Number(process.env.PORT) }).on('connection', (socket, request) => {
	const name = request.url.split('?')[0];
	const room = rooms.get(name) ?? new Set();
	rooms.set(name, room.add(socket));
	socket.on('message', (data, isBinary) => {
		for (const other of room) if (other !== socket) other.send(data, { binary: isBinary });
	});
	socket.on('close', () => room.delete(socket));
});
