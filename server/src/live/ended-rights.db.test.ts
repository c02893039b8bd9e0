import { expect, test } from 'vitest';
import { closeCodes } from '@reelroom/shared/live/protocol.ts';
import type { SyncDeps } from './connection.ts';
import { aSyncHouse, frame, saved } from './testing.ts';

const house = await aSyncHouse();
type Changes = Parameters<NonNullable<SyncDeps['followRights']>>[0];

/** A server whose sign-ins end when the test says so; `asked` resolves when it next asks whether one stands, which it is told by `answer`. */
async function aServer() {
	let changes: Changes | undefined;
	const ended = new Set<string>();
	const gate = { asked: Promise.withResolvers<void>(), answer: Promise.resolve() };
	const server = await house.server({
		rights: {
			async signInStands(signInId) {
				const stands = !ended.has(signInId);
				gate.asked.resolve();
				await gate.answer;
				return stands;
			},
			followRights(on) {
				changes = on;
				return { close: async () => {} };
			},
		},
	});
	return {
		...server,
		gate,
		end(signInId: string, told: string | null = signInId) {
			ended.add(signInId);
			changes?.signInEnded(told);
		},
	};
}

test('a sign-in that ends while its connection is let in ends that connection, too', async () => {
	const server = await aServer();
	const letIn = Promise.withResolvers<void>();
	server.gate.answer = letIn.promise;
	const { closed } = house.socket(server.port, 'leaving-1', 'ada');
	await server.gate.asked.promise;
	server.end('ada');
	letIn.resolve();
	expect(await closed).toBe(closeCodes.signIn);
});

test('when changes may have been missed all are asked for, and only those are closed whose sign-in has ended', async () => {
	const server = await aServer();
	const [ada, yu] = ['ada', 'yu'].map((name) => house.client(server.port, 'missed-01', name));
	if (ada === undefined || yu === undefined) throw new Error('nobody is here');
	await Promise.all([saved(ada), saved(yu)]);
	const closed = new Promise<void>((resolve) => ada.onChange(() => ada.closedFor === closeCodes.signIn && resolve()));
	server.end('ada', null);
	await closed;
	yu.doc.getText('script').insert(0, 'Still here');
	await saved(yu);
	expect(yu.closedFor).toBe(null);
});

test('nothing that a connection sends after its sign-in has ended is taken', async () => {
	const server = await aServer();
	const { socket, closed, opened } = house.socket(server.port, 'leaving-2', 'ada');
	const greeted = new Promise((resolve) => socket.once('message', resolve));
	await opened;
	await greeted;
	server.end('ada');
	socket.send(frame(2, Uint8Array.of(1, 1, 5, 0, 4, 1, 6, 115, 99, 114, 105, 112, 116, 2, 79, 104, 0)));
	expect(await closed).toBe(closeCodes.signIn);
	await saved(house.client(server.port, 'leaving-2', 'yu'));
	expect(await house.journalled('leaving-2')).toBe('');
});
