import { expect, test } from 'vitest';
import { aSyncHouse, saved, textOf, when } from './testing.ts';
import { scriptOf } from '@reelroom/shared/project/document.ts';

const house = await aSyncHouse();

/** Three people in one document, one of them behind a network that can go wrong. */
async function threeOf(projectId: string, pingMs?: number) {
	const server = await house.server(pingMs === undefined ? {} : { pingMs });
	const wire = await house.proxy(server.port);
	const [ada, yu] = [house.client(server.port, projectId, 'ada'), house.client(server.port, projectId, 'yu')];
	const lost = house.client(wire.port, projectId, 'lost');
	const seesLost = () => ada.awareness.getStates().has(lost.doc.clientID);
	await Promise.all([saved(ada), saved(yu), saved(lost)]);
	await when(ada, seesLost);
	const life = await server.documents.open(projectId);
	expect(life.peers.here.size).toBe(3);
	return { wire, ada, yu, seesLost, life };
}

test('a connection whose cable was pulled is dropped after two unanswered pings, and the others are told that it left', async () => {
	const { wire, ada, yu, seesLost, life } = await threeOf('half-open', 200);
	wire.freeze();
	const began = performance.now();
	await when(ada, () => !seesLost());
	// Twice the time between pings, and whatever a busy machine adds.
	expect(performance.now() - began).toBeLessThan(3_000);
	expect(life.peers.here.size).toBe(2);
	scriptOf(ada.doc).insert(0, 'INT. A - DAY');
	await when(yu, () => textOf(yu) === 'INT. A - DAY');
	await saved(ada);
});

test('who reads nothing is dropped at its backlog, while the others go on hearing each other', async () => {
	const { wire, ada, yu, seesLost, life } = await threeOf('slow-reader');
	wire.freeze();
	const word = 'x'.repeat(15_000);
	let sent = 0;
	while (seesLost()) {
		expect(sent).toBeLessThan(2_000);
		const told = ++sent;
		yu.awareness.setLocalStateField('words', { told, word });
		await when(ada, () => {
			const state = ada.awareness.getStates().get(yu.doc.clientID) as { words?: { told: number } } | undefined;
			return state?.words?.told === told;
		});
	}
	// Not before there was much to wait for: what the network holds comes on top of the backlog.
	expect(sent * word.length).toBeGreaterThan(8 * 1024 * 1024);
	expect([...life.peers.here].map(({ accountId }) => accountId).sort()).toEqual(['ada', 'yu']);
	scriptOf(yu.doc).insert(0, 'INT. B - DAY');
	await when(ada, () => textOf(ada) === 'INT. B - DAY');
	await saved(yu);
});
