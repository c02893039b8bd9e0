import { Problem } from '@reelroom/shared/problem.ts';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-store.ts';
import { expect, test } from 'vitest';
import { createSubmitOnce, type Wanted } from './submit-once.ts';

const by = { id: 'ada', name: 'Ada' };
const ask = { key: 'a-key-of-hers', asked: { render: 'project' } };
const film: Wanted = {
	work: {
		kind: 'render',
		request: {
			widthPx: 640,
			heightPx: 360,
			fps: 24,
			subtitles: 'none',
			quality: 'draft',
			style: 'pencil',
			title: null,
			endCard: null,
			shots: [],
		},
	},
	shotId: null,
	label: 'Film',
	provider: 'ffmpeg',
	style: 'pencil',
};

/** A studio of memory: what was stored, and whose bells were rung. */
function aDesk() {
	const stored: TaskRecord[] = [];
	const rung: string[] = [];
	let ids = 0;
	const submitOnce = createSubmitOnce({
		store: {
			ofRequest: async (key) => stored.filter(({ request }) => request?.key === key),
			insertMany: async (records) => void stored.push(...records),
			insertRequest: async (records) => {
				if (stored.some(({ request }) => request?.key === records[0]?.request?.key)) return false;
				stored.push(...records);
				return true;
			},
			queueOf: async () => stored.map(({ _id }) => _id),
		},
		queue: { enqueue: async (_kind, id) => void rung.push(id) },
		now: () => new Date('2026-01-01T00:00:00Z'),
		newId: () => `task-${++ids}`,
	});
	return { stored, rung, submitOnce };
}

test('a repeat is answered with the tasks of the first, and nothing is worked out again', async () => {
	const { stored, rung, submitOnce } = aDesk();
	const first = await submitOnce('project', by, ask, async () => [film]);
	const again = await submitOnce('project', by, ask, () => Promise.reject(new Error('asked again')));
	expect(again).toEqual(first);
	expect([stored.length, rung]).toEqual([1, ['task-1']]);
});

test('a repeat at the same time, which finds that the first has left nothing to want, is answered as the first', async () => {
	const { submitOnce } = aDesk();
	let first: unknown;
	const repeat = await submitOnce('project', by, ask, async () => {
		first = await submitOnce('project', by, ask, async () => [film]);
		throw new Problem('nothing-to-generate');
	});
	expect(repeat).toEqual(first);
});

test('a repeat at the same time that comes second is answered as the first', async () => {
	const { stored, submitOnce } = aDesk();
	let first: unknown;
	const repeat = await submitOnce('project', by, ask, async () => {
		first = await submitOnce('project', by, ask, async () => [film]);
		return [film];
	});
	expect(repeat).toEqual(first);
	expect(stored).toHaveLength(1);
});

test('what cannot be wanted is refused, with a key and without', async () => {
	const { submitOnce } = aDesk();
	const nothing = () => Promise.reject(new Problem('nothing-to-generate'));
	for (const key of [ask.key, undefined])
		await expect(submitOnce('project', by, { ...ask, key }, nothing)).rejects.toMatchObject({
			code: 'nothing-to-generate',
		});
});
