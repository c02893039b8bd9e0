import { afterAll, beforeAll, expect, it } from 'vitest';
import { aDatabase } from '../../testing/mongod.ts';
import { connectMongo, type Mongo } from '../mongo.ts';
import { createVersionStore } from './version-store.ts';

let mongo: Mongo;
beforeAll(async () => {
	mongo = await connectMongo((await aDatabase()).uri);
});
afterAll(() => mongo?.close());

it('what thinning and counting look at is read without the documents that versions hold, which may be megabytes each', async () => {
	const store = createVersionStore(mongo.db);
	await store.ready();
	for (let nth = 0; nth < 30; nth++)
		await store.add(
			{
				_id: `version-${nth}`,
				projectId: 'project-1',
				kind: nth % 3 === 0 ? 'named' : 'import',
				name: null,
				by: 'mei-000001',
				authors: [],
				at: new Date(nth * 1_000),
				sizeBytes: 3,
				scenes: 0,
				shots: 0,
				words: 0,
				digest: '',
			},
			{ update: Uint8Array.of(1, 2, 3), owners: [] },
		);
	await mongo.db.command({ profile: 2 });
	const ages = await store.ages('project-1');
	const named = await store.count('project-1', 'named');
	await mongo.db.command({ profile: 0 });
	expect([ages.length, ages[0]?._id, named]).toEqual([30, 'version-29', 10]);
	const asked = await mongo.db
		.collection('system.profile')
		.find({ ns: /\.versions$/, op: { $in: ['query', 'command'] } })
		.toArray();
	expect(asked.map(({ docsExamined, keysExamined }) => [docsExamined, Number(keysExamined) >= 30])).toEqual([
		[0, true],
		[0, true],
	]);
});
