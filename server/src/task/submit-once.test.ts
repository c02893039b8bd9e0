import { Problem } from '@reelroom/shared/problem.ts';
import { toTask, type TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
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
function aDesk({ left = Infinity, made = [] as string[] } = {}) {
	const stored: TaskRecord[] = [];
	const rung: string[] = [];
	let ids = 0;
	const submitOnce = createSubmitOnce({
		store: {
			ofRequest: async (key) => stored.filter(({ request }) => request?.key === key),
			insertMany: async (records, there) => {
				stored.push(...records);
				there?.();
			},
			insertRequest: async (records, there) => {
				if (stored.some(({ request }) => request?.key === records[0]?.request?.key)) return false;
				stored.push(...records);
				there?.();
				return true;
			},
		},
		fingerprint: () => 'f',
		madeBefore: async (_projectId, tasks) =>
			new Map(
				tasks
					.filter(({ shotId }) => made.includes(shotId ?? ''))
					.map((task) => [task._id, { ...task, status: 'succeeded', takeId: `take-${task.shotId}`, cached: true }]),
			),
		present: async (records) => records.map((record) => toTask(record, null)),
		admit: async (_by, tasks) => ({ admitted: tasks.slice(0, left), refused: tasks.slice(left), keep: async () => {} }),
		takeTurns: async (_by, tasks) => [...tasks],
		quotaExceeded: () => new Problem('quota-exceeded'),
		announce: ({ kinds }) => void rung.push(...kinds),
		now: () => new Date('2026-01-01T00:00:00Z'),
		newId: () => `task-${++ids}`,
	});
	return { stored, rung, submitOnce };
}

test('a repeat is answered with the tasks of the first, and nothing is worked out again', async () => {
	const { stored, rung, submitOnce } = aDesk();
	const first = await submitOnce('project', by, ask, async () => ({ wanted: [film] }));
	const again = await submitOnce('project', by, ask, () => Promise.reject(new Error('asked again')));
	expect(again).toEqual(first);
	expect([stored.length, rung]).toEqual([1, ['render']]);
});

test('a repeat at the same time, which finds that the first has left nothing to want, is answered as the first', async () => {
	const { submitOnce } = aDesk();
	let first: unknown;
	const repeat = await submitOnce('project', by, ask, async () => {
		first = await submitOnce('project', by, ask, async () => ({ wanted: [film] }));
		throw new Problem('nothing-to-generate');
	});
	expect(repeat).toEqual(first);
});

test('a repeat at the same time that comes second is answered as the first', async () => {
	const { stored, submitOnce } = aDesk();
	let first: unknown;
	const repeat = await submitOnce('project', by, ask, async () => {
		first = await submitOnce('project', by, ask, async () => ({ wanted: [film] }));
		return { wanted: [film] };
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

const shot = (id: string): Wanted => ({ ...film, shotId: id });

test('of what the plan reaches only in part the first are queued, and whoever asked is told which not, also when asking again', async () => {
	const { stored, submitOnce } = aDesk({ left: 2 });
	const want = async () => ({ wanted: ['1', '2', '3', '4'].map(shot), left: 5 });
	const brought = await submitOnce('project', by, ask, want);
	expect(stored.map(({ shotId }) => shotId)).toEqual(['1', '2']);
	expect(brought).toMatchObject({
		left: 7,
		refused: { code: 'quota-exceeded', shotIds: ['3', '4'], retryAt: '2026-01-02T00:00:00.000Z' },
	});
	expect(await submitOnce('project', by, ask, want)).toEqual(brought);
});

test('a repeat is answered as the first was, whatever has become of the task meanwhile', async () => {
	const { stored, submitOnce } = aDesk();
	const first = await submitOnce('project', by, ask, async () => ({ wanted: [film] }));
	Object.assign(stored[0] ?? {}, { status: 'succeeded', attempt: 1, filmId: 'film', revision: 9 });
	expect(await submitOnce('project', by, ask, async () => ({ wanted: [film] }))).toEqual(first);
});

test('where the plan reaches nothing, nothing is queued', async () => {
	const { stored, submitOnce } = aDesk({ left: 0 });
	const asked = submitOnce('project', by, ask, async () => ({ wanted: [film] }));
	await expect(asked).rejects.toMatchObject({ code: 'quota-exceeded' });
	expect(stored).toEqual([]);
});

test('what was made before has succeeded at once, neither reserved nor queued, and repeats are told the same', async () => {
	const { rung, submitOnce } = aDesk({ left: 1, made: ['2', '4'] });
	const want = async () => ({ wanted: ['1', '2', '3', '4'].map((id) => ({ ...shot(id), isRepeatable: true })) });
	const brought = await submitOnce('project', by, ask, want);
	expect(brought.tasks.map(({ shotId, status, cached }) => [shotId, status, cached])).toEqual([
		['1', 'queued', undefined],
		['2', 'succeeded', true],
		['4', 'succeeded', true],
	]);
	expect(brought.refused?.shotIds).toEqual(['3']);
	expect(rung).toEqual(['render']);
	expect(await submitOnce('project', by, ask, want)).toEqual(brought);
});

test('who has nothing left is still given what was made before, and nobody is rung for', async () => {
	const { rung, submitOnce } = aDesk({ left: 0, made: ['1'] });
	const brought = await submitOnce('project', by, { ...ask, key: undefined }, async () => ({
		wanted: [{ ...shot('1'), isRepeatable: true }],
	}));
	expect(brought.tasks).toMatchObject([{ status: 'succeeded', takeId: 'take-1', cached: true }]);
	expect(rung).toEqual([]);
});
