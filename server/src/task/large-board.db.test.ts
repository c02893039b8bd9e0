import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '@reelroom/shared/limits.ts';
import { openStudio } from '../open-studio.ts';
import { aServer, type TestServer } from '../testing.ts';

let server: TestServer;
let token: string;
let project: string;
let shots: number;
beforeAll(async () => {
	server = await aServer({ openStudio });
	token = (await server.person()).token;
	// Each speech is a shot of its own.
	const speech = 'ANNA\nI have a great deal to tell you about all of this, so sit down.\n\n';
	const script = `INT. CABIN - NIGHT\n\n${speech.repeat(limits.shotsPerRequest + 20)}`;
	project = (await server.call('post', '/projects', { token, body: { name: 'Large', script } })).json.id;
	const accepted = await server.call('post', `/projects/${project}/break-down/accept`, { token, body: {} });
	shots = (accepted.json as unknown as { shots: number }).shots;
});
afterAll(() => server?.close());

type Reply = { tasks: { id: string; shotId: string; label: string }[]; left?: number };
const ask = async (body: object, key?: string) => {
	const headers = key === undefined ? {} : { 'Idempotency-Key': key };
	const reply = await server.call('post', `/projects/${project}/generate`, { token, body, headers });
	return { status: reply.status, code: reply.json.code, ...(reply.json as unknown as Reply) };
};

describe('a board of more shots than one request takes', () => {
	it('is drawn from its beginning, and whoever asks is told what is left and gets it by asking again', async () => {
		expect(shots).toBeGreaterThan(limits.shotsPerRequest);
		const first = await ask({}, 'the-first-part');
		expect([first.status, first.tasks.length, first.left]).toEqual([
			202,
			limits.shotsPerRequest,
			shots - limits.shotsPerRequest,
		]);
		expect(first.tasks[0]?.label).toBe('1A');
		const again = await ask({}, 'the-first-part');
		expect([again.tasks.map(({ id }) => id), again.left]).toEqual([first.tasks.map(({ id }) => id), first.left]);
		const rest = await ask({});
		expect([rest.tasks.length, rest.left]).toEqual([first.left, 0]);
		expect(new Set([...first.tasks, ...rest.tasks].map(({ shotId }) => shotId)).size).toBe(shots);
		expect(await ask({})).toMatchObject({ code: 'nothing-to-generate' });
	});

	it('is told of no rest when the shots were named', async () => {
		const named = await ask({ shotIds: [(await ask({ shotIds: [await aShot()] })).tasks[0]?.shotId] });
		expect([named.status, named.tasks.length, named.left]).toEqual([202, 1, undefined]);
	});
});

/** Any shot of the board. */
async function aShot(): Promise<string> {
	const { json } = await server.call('get', `/projects/${project}/tasks?limit=1`, { token });
	return (json as unknown as { shotId: string }[])[0]?.shotId ?? '';
}
