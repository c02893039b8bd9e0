import { MongoClientClosedError, MongoBulkWriteError, MongoNetworkError } from 'mongodb';
import { expect, test } from 'vitest';
import { isDatabaseAway, patiently } from './database-away.ts';

const broken = new MongoNetworkError('read ECONNRESET');

test('a fault of the database is known behind others, and what is none is not taken for one', () => {
	const bulk = new MongoBulkWriteError(broken as never, {} as never);
	expect(isDatabaseAway(new Error('It failed', { cause: bulk }))).toBe(true);
	expect(isDatabaseAway(new MongoClientClosedError())).toBe(true);
	const closedOn = (by: string) =>
		Object.assign(new Error('This socket has been ended by the other party'), {
			code: 'EPIPE',
			stack: `Error\n    at Connection.writeCommand (${by}:408:29)`,
		});
	expect(isDatabaseAway(closedOn('/node_modules/mongodb/lib/cmap/connection.js'))).toBe(true);
	expect(isDatabaseAway(closedOn('/worker/src/provider/comfyui/client.ts'))).toBe(false);
	expect(isDatabaseAway(new Error('It failed', { cause: new Error('read ECONNRESET') }))).toBe(false);
});

test('what may be done twice is done until it works, but not by a process that has taken its leave', async () => {
	let times = 0;
	const twice = () => (++times < 3 ? Promise.reject(broken) : Promise.resolve(times));
	expect(await patiently(twice, 5_000)).toBe(3);
	times = 0;
	const leave = () => {
		times++;
		return Promise.reject(new MongoClientClosedError());
	};
	await expect(patiently(leave, 5_000)).rejects.toThrow(MongoClientClosedError);
	expect(times).toBe(1);
});
