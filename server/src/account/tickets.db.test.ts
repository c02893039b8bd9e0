import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectMongo, type Mongo } from '@reelroom/shared/node/mongo.ts';
import { createSpentTicketStore } from '@reelroom/shared/node/stores/spent-ticket-store.ts';
import { aDatabase } from '@reelroom/shared/testing/mongod.ts';
import { createTickets } from './tickets.ts';

let one: Mongo;
let other: Mongo;
beforeAll(async () => {
	const { uri } = await aDatabase();
	[one, other] = [await connectMongo(uri), await connectMongo(uri)];
	await createSpentTicketStore(one.db).ready();
});
afterAll(() => Promise.all([one?.close(), other?.close()]));

const secret = new Uint8Array(32).fill(7);
const ticket = {
	accountId: 'account-1',
	projectId: 'project-1',
	name: 'Ada',
	role: 'editor',
	signInId: 'sign-in-1',
} as const;

test('a ticket that is shown to several servers at once opens one connection', async () => {
	const servers = [one, other, one, other, other, one].map(({ db }) =>
		createTickets({ secret, spend: createSpentTicketStore(db).spend }),
	);
	for (let round = 0; round < 10; round++) {
		const text = (await servers[0]?.issue(ticket)) ?? '';
		const taken = await Promise.allSettled(servers.map((server) => server.verify(text)));
		expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		for (const result of taken)
			if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'token-invalid' });
	}
});

test('spent tickets are forgotten after they would have ended', async () => {
	const indexes = await one.db.collection('spentTickets').indexes();
	expect(indexes).toContainEqual(expect.objectContaining({ key: { endsAt: 1 }, expireAfterSeconds: 60 }));
	const text = await createTickets({ secret, spend: createSpentTicketStore(one.db).spend }).issue(ticket);
	await createTickets({ secret, spend: createSpentTicketStore(one.db).spend }).verify(text);
	for (const { endsAt } of await one.db.collection<{ endsAt: Date }>('spentTickets').find().toArray())
		expect(Math.abs(endsAt.getTime() - Date.now())).toBeLessThan(60_000);
});
