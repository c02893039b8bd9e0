import { afterAll, beforeAll, expect, it } from 'vitest';
import { aServer, anEmptyStudio, type TestServer } from '../testing.ts';

const studio = anEmptyStudio();
let server: TestServer;
const drawn: (() => void)[] = [];
beforeAll(async () => {
	const openStudio = async () => ({
		...studio,
		generateBoard: async (projectId: string) => {
			studio.drawn.push(projectId);
			drawn.shift()?.();
		},
	});
	server = await aServer({ openStudio, settings: { SAMPLE_PROJECTS: '2' } });
});
afterAll(() => server?.close());

it('a new account finds two sample projects at once, which are broken down and sent to be drawn', async () => {
	const allDrawn = Promise.all([
		new Promise<void>((done) => drawn.push(done)),
		new Promise<void>((done) => drawn.push(done)),
	]);
	const { token } = await server.person();
	const listed = (await server.call('get', '/projects', { token })).json as unknown as {
		id: string;
		name: string;
		sample: boolean;
	}[];
	expect(listed.map(({ name, sample }) => [name, sample])).toEqual([
		['The Little Match Girl', true],
		['愚公移山', true],
	]);
	await allDrawn;
	expect([...studio.drawn].sort()).toEqual(listed.map(({ id }) => id).sort());
	for (const { id } of listed) {
		const { scenes } = (await server.call('get', `/projects/${id}/break-down`, { token })).json as unknown as {
			scenes: { kept: boolean }[];
		};
		expect(scenes.length).toBeGreaterThan(3);
		expect(scenes.every((scene) => scene.kept)).toBe(true);
	}
});
