import { expect, test } from 'vitest';
import { Problem } from '@reelroom/shared/problem.ts';
import { ReadMarks } from './read-marks.ts';

/** A device that lasts over visits, and a server that can be out of reach. */
function aVisit(kept = new Map<string, unknown>()) {
	const server = { away: false, read: [] as string[] };
	const marks = () =>
		new ReadMarks({
			device: {
				put: async (key, value) => kept.set(key, value) === kept,
				keys: async (start) => [...kept.keys()].filter((key) => key.startsWith(start)),
				remove: async (key) => void kept.delete(key),
			},
			send: async (ids) => {
				if (server.away) throw new Problem('unavailable');
				server.read.push(...ids);
			},
		});
	return { kept, server, marks };
}

test('what is read without a network stays read, also after the window was closed, and is told when the server is back', async () => {
	const { kept, server, marks } = aVisit();
	server.away = true;
	const first = marks();
	await first.add(['one', 'two']);
	expect([first.has('one'), first.has('three'), server.read]).toEqual([true, false, []]);
	const later = marks();
	await later.flush();
	expect(later.has('two')).toBe(true);
	server.away = false;
	await later.flush();
	expect(server.read).toEqual(['one', 'two']);
	expect([kept.size, later.has('one')]).toEqual([0, false]);
});

test('many are told in parts that the server takes, each once', async () => {
	const { server, marks } = aVisit();
	const ids = Array.from({ length: 230 }, (_, at) => `n${at}`);
	await marks().add(ids);
	expect(server.read).toEqual(ids);
});
