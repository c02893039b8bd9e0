import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { afterAll, inject } from 'vitest';

declare module 'vitest' {
	interface ProvidedContext {
		mongodbUri: string;
	}
}

/** A database of a real mongod, for one test file. */
export interface TestDatabase {
	/** Names the database too, so it can be handed to whatever connects. */
	uri: string;
	name: string;
	/** Empties it; it is also dropped when the file's tests are over. */
	drop(): Promise<void>;
}

const made: TestDatabase[] = [];

afterAll(async () => {
	for (const database of made.splice(0)) await database.drop();
});

/** Gives a fresh, empty database of the run's mongod; it is dropped after the file's last test. */
export async function aDatabase(): Promise<TestDatabase> {
	const base = new URL(inject('mongodbUri'));
	const name = `test-${randomUUID()}`;
	base.pathname = `/${name}`;
	const uri = base.href;
	const database: TestDatabase = {
		uri,
		name,
		async drop() {
			const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5_000 });
			try {
				await client.db(name).dropDatabase();
			} finally {
				await client.close();
			}
		},
	};
	made.push(database);
	return database;
}
