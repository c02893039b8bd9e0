import { describe, expect, it } from 'vitest';
import { initials, readPeople } from './presence.ts';

const mei = { id: 'mei-00001', name: '李梅' };
const akua = { id: 'akua-0001', name: 'Akua Kofi' };
const windows = (...states: Record<string, unknown>[]) => new Map(states.map((state, at) => [at + 1, state]));

describe('who is here', () => {
	it('several windows of one person are one person, where they were used last', () => {
		const people = readPeople(
			windows(
				{ user: mei, place: { view: 'board', shotId: 's1' }, here: { status: 'active', usedAt: 10 } },
				{ user: mei, place: { view: 'film', frame: 48.7 }, here: { status: 'active', usedAt: 20 } },
				{ user: mei, place: { view: 'script' }, here: { status: 'away', usedAt: 30 } },
			),
			akua.id,
		);
		expect(people).toMatchObject([
			{ id: mei.id, clientId: 2, view: 'film', shotId: null, frame: 48, status: 'active' },
		]);
	});

	it('another window of one’s own is nobody else', () => {
		expect(readPeople(windows({ user: akua }, { user: mei }), akua.id).map(({ id }) => id)).toEqual([mei.id]);
	});

	it('whatever a broken program tells of itself shows nobody, or somebody without a place', () => {
		const people = readPeople(
			windows(
				{},
				{ user: null },
				{ user: { id: 3, name: 'x' } },
				{ user: mei, place: { view: 1, frame: -4 }, here: { status: 'dancing' } },
			),
			akua.id,
		);
		expect(people).toMatchObject([{ id: mei.id, view: '', shotId: null, frame: null, status: 'active' }]);
		expect(readPeople(windows({ user: mei, place: null, here: null }), akua.id)).toHaveLength(1);
	});

	it('an avatar has two letters, or one Chinese sign', () => {
		expect([initials('Akua Kofi'), initials('mei'), initials('李梅'), initials('')]).toEqual(['AK', 'ME', '李', '?']);
	});
});
