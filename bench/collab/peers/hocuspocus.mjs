// As https://tiptap.dev/docs/hocuspocus/server/extensions/sqlite says, with nothing else set.
import { DatabaseSync } from 'node:sqlite';
import { SQLite } from '@hocuspocus/extension-sqlite';
import { Server } from '@hocuspocus/server';

/** The same SQLite with the same statements, from within Node: better-sqlite3 would have to be compiled first. */
class BuiltInSQLite extends SQLite {
	async onConfigure() {
		this.db = new DatabaseSync(this.configuration.database);
		this.db.exec(this.configuration.schema);
	}
}

const server = new Server({
	address: '127.0.0.1',
	port: Number(process.env.PORT),
	quiet: true,
	extensions: [new BuiltInSQLite({ database: process.env.DATABASE })],
});
await server.listen();
