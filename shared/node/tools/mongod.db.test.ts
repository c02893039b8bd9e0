import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aDatabase } from '../../testing/mongod.ts';
import { startMongod } from './mongod.ts';

let dataDir: string;
beforeAll(async () => void (dataDir = await mkdtemp(join(tmpdir(), 'reelroom-mongod-'))));
afterAll(() => rm(dataDir, { recursive: true, force: true }));

test('what was written is there after a restart on another port, and a second start of the same folder is refused', async () => {
	const first = await startMongod({ dataDir });
	await expect(startMongod({ dataDir })).rejects.toThrow(`already used by process ${process.pid}`);
	const writer = new MongoClient(first.uri);
	await writer.db().collection('notes').insertOne({ text: '分镜' });
	await writer.close();
	await first.close();
	expect(await first.exited).toEqual({ code: 0, asked: true });

	const second = await startMongod({ dataDir });
	const reader = new MongoClient(second.uri);
	expect(await reader.db().collection('notes').findOne()).toMatchObject({ text: '分镜' });
	await reader.close();
	await second.close();
}, 60_000);

test('whoever is interrupted while it starts leaves no mongod behind, and the next start finds the folder free', async () => {
	const folder = join(dataDir, 'interrupted');
	let closing: Promise<void> | undefined;
	const interrupted = startMongod({ dataDir: folder, spawned: (close) => void (closing = close()) });
	await expect(interrupted).rejects.toThrow('mongod did not start');
	await closing;
	const next = await startMongod({ dataDir: folder });
	await next.close();
	expect(await next.exited).toEqual({ code: 0, asked: true });
}, 60_000);

test('a database for tests takes transactions', async () => {
	const { uri } = await aDatabase();
	const client = new MongoClient(uri);
	await client.withSession((session) =>
		session.withTransaction(async () => void (await client.db().collection('notes').insertOne({ n: 1 }, { session }))),
	);
	expect(await client.db().collection('notes').countDocuments()).toBe(1);
	await client.close();
});
