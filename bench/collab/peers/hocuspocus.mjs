// As https://tiptap.dev/docs/hocuspocus/server/extensions/sqlite says, with nothing else set.
import { SQLite } from '@hocuspocus/extension-sqlite';
import { Server } from '@hocuspocus/server';

const server = new Server({
	address: '127.0.0.1',
	port: Number(process.env.PORT),
	quiet: true,
	extensions: [new SQLite({ database: process.env.DATABASE })],
});
await server.listen();
