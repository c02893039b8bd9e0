import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { breakDown } from './break-down.ts';
import { applyPlan, planMessages, readPlan } from './shot-plan.ts';

const script = `INT. KITCHEN - NIGHT

Mei opens the door. The room is dark.

She lights a match.

MEI
So warm.

The wind blows it out.
`;
const [scene] = breakDown(script, { fps: 24 });
if (scene === undefined) throw new Error('no scene');
const { shots } = scene;

test('a scene is told as numbered parts, and its plan joins neighbours and keeps every word of the script', () => {
	const [, user] = planMessages(scene);
	expect(user?.content).toContain(`${shots.length}. `);
	const plan = readPlan(
		`Here it is:\n[{"from":1,"to":2,"size":"WS","angle":"low","move":"push in","prompt":"A dark kitchen"}]`,
		shots,
	);
	expect(plan?.[0]).toEqual({ from: 1, to: 2, size: 'WS', angle: 'low', move: 'push in', prompt: 'A dark kitchen' });
	const made = applyPlan(shots, plan ?? []) ?? [];
	expect(made).toHaveLength(shots.length - 1);
	expect(made[0]).toMatchObject({ start: shots[0]?.start, end: shots[1]?.end });
	const words = (all: typeof shots) => all.map(({ content }) => content.action).join(' ');
	expect(words(made)).toBe(words(shots));
	expect(made.flatMap(({ content }) => content.dialogue)).toEqual(shots.flatMap(({ content }) => content.dialogue));
	const frames = (all: typeof shots) => all.reduce((sum, { content }) => sum + content.durationFrames, 0);
	expect(frames(made)).toBe(frames(shots));
});

test('whatever a model writes, its plan covers every part once or is none', () => {
	const item = fc.record({
		from: fc.oneof(fc.integer({ min: -2, max: 9 }), fc.string()),
		to: fc.integer({ min: -2, max: 9 }),
		size: fc.oneof(fc.constant('CU'), fc.string()),
		prompt: fc.oneof(fc.string(), fc.constant(null)),
	});
	fc.assert(
		fc.property(fc.array(item), fc.string(), (items, around) => {
			const plan = readPlan(`${around.replace(/[[\]]/g, '')}${JSON.stringify(items)}`, shots);
			if (plan === null) return;
			expect(applyPlan(shots, plan)).not.toBeNull();
			expect(plan.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at))).toEqual(
				shots.map((_, at) => at + 1),
			);
		}),
	);
	for (const answer of ['', 'no plan', '[', '{"from":1}', '[]', '[1,2]']) expect(readPlan(answer, shots)).toBeNull();
});

test('a plan of other shots than these is not applied', () => {
	const plan = readPlan('[{"from":1,"to":1,"size":"CU","angle":"eye","move":"pan","prompt":""}]', shots) ?? [];
	expect(applyPlan(shots.slice(1), plan)).toBeNull();
	expect(applyPlan([...shots, ...shots], plan)).toBeNull();
	expect(applyPlan(shots, plan.slice(1))).toBeNull();
});
