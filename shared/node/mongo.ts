import mongoose from 'mongoose';
import type { Db } from 'mongodb';

export type Mongo = { connection: mongoose.Connection; db: Db; close(): Promise<void> };

/**
 * Opens the one connection of a process. Writes are acknowledged by a majority with their journal on disk, so what is answered is never lost.
 * Rejects after 10 s when no server answers.
 */
export async function connectMongo(uri: string): Promise<Mongo> {
	const connection = await mongoose
		.createConnection(uri, {
			writeConcern: { w: 'majority', journal: true },
			readConcern: { level: 'majority' },
			retryWrites: true,
			serverSelectionTimeoutMS: 10_000,
			promoteBuffers: true,
			autoIndex: false,
			sanitizeFilter: true,
		})
		.asPromise();
	if (connection.db === undefined) throw new Error('The database name is missing in MONGODB_URI');
	return { connection, db: connection.db as unknown as Db, close: () => connection.close() };
}
