import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { lookInto } from '@reelroom/worker/provider/clip.testing.ts';
import { openHouse, signUp, type House } from './house.ts';
import { makeDrawnProject } from './own-project.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse();
});
afterAll(() => house?.close());

const script = 'INT. CABIN - NIGHT\n\nAn old WOMAN lights a lamp.\n\nEXT. HARBOUR - DAWN\n\nA boat leaves. Gulls.\n';

/** A project of its own with a drawn board. */
async function aDrawnBoard(page: Page): Promise<void> {
	await makeDrawnProject(page, 'Lamp', script);
}
/** The bytes of a file of the API, as the page may read it. */
async function fileAt(page: Page, path: string): Promise<Uint8Array> {
	const reply = await page.request.get(house.url + path);
	expect(reply.status()).toBe(200);
	return new Uint8Array(await reply.body());
}

it('a shot is animated without any key: the clip plays in its cell, in the shot’s pane and in the animatic, and is in the film frame for frame', async () => {
	const { page, faults } = await house.visitor();
	await signUp(page, house.url, 'Noor');
	await aDrawnBoard(page);
	const cell = page.getByTestId('board-cell').first();
	await cell.click();
	// It costs nothing and there is one way to make it: it begins at once.
	await page.keyboard.press('v');
	const mark = cell.getByTestId('cell-clip');
	await mark.waitFor({ timeout: 60_000 });
	expect(await cell.getAttribute('data-state')).toBe('picture');
	await page.mouse.move(0, 0);
	expect(await mark.locator('video').count()).toBe(0);
	await mark.hover();
	const inCell = mark.locator('video');
	await expect.poll(() => inCell.evaluate((video) => (video as HTMLVideoElement).currentTime)).toBeGreaterThan(0.2);
	expect(await inCell.evaluate((video) => (video as HTMLVideoElement).muted)).toBe(true);

	const inspector = page.getByTestId('inspector');
	const takes = inspector.getByTestId('take');
	expect(await takes.evaluateAll((all) => all.map((take) => (take as HTMLElement).dataset['kind']))).toEqual([
		'image',
		'video',
	]);
	await expect
		.poll(() => inspector.getByTestId('shot-clip').evaluate((video) => (video as HTMLVideoElement).readyState))
		.toBeGreaterThan(0);
	// Choosing the picture takes the clip out of use, choosing the clip brings it back.
	await takes.first().click();
	await mark.waitFor({ state: 'detached' });
	await takes.last().click();
	await mark.waitFor();
	const source = await inspector.getByTestId('shot-clip').getAttribute('src');

	await page.getByTestId('tab-film').click();
	const inAnimatic = page.getByTestId('animatic-clip').first();
	// Three seconds of title card, then so far into the shot: the clip stands in the middle of that frame.
	const [fps, into] = [24, 40];
	await page
		.getByTestId('player')
		.locator('input[type=range]')
		.evaluate(
			(range, frame) => {
				(range as HTMLInputElement).value = String(frame);
				range.dispatchEvent(new Event('input', { bubbles: true }));
			},
			3 * fps + into,
		);
	const timeOf = () => inAnimatic.evaluate((video) => (video as HTMLVideoElement).currentTime);
	await expect.poll(timeOf).toBeCloseTo((into + 0.5) / fps, 2);
	await page.getByTestId('play').first().click();
	// It runs by itself beside the animatic's clock.
	const ran = await inAnimatic.evaluate((element) => {
		const video = element as HTMLVideoElement;
		const from = video.currentTime;
		const until = performance.now() + 10_000;
		return new Promise<number>((resolve) => {
			const look = (): void => {
				const by = video.currentTime - from;
				if (by > 0.3 || performance.now() > until) resolve(by);
				else requestAnimationFrame(look);
			};
			look();
		});
	});
	expect(ran).toBeGreaterThan(0.3);

	await page.getByTestId('render-start').click();
	const film = page.getByTestId('film-item').first();
	await film.waitFor({ timeout: 150_000 });
	const projectId = /projects\/([^/]+)/.exec(page.url())?.[1] ?? '';
	const films = await page.request.get(`${house.url}/api/v1/projects/${projectId}/films`);
	const [{ id: filmId = '' } = {}] = (await films.json()) as { id: string }[];
	const small = { widthPx: 160, heightPx: 90 };
	const look = async (path: string) =>
		(await lookInto({ bytes: await fileAt(page, path), mediaType: 'video/mp4' }, small)).frames;
	const [clip, whole] = await Promise.all([look(source ?? ''), look(`/api/v1/films/${filmId}/file`)]);
	const apart = (a: Buffer | undefined, b: Buffer): number =>
		b.reduce((sum, value, at) => sum + Math.abs(value - (a?.[at] ?? 0)), 0) / b.length;
	const nearest = (frame: Buffer | undefined): [at: number, apart: number] =>
		whole
			.map((other, at): [number, number] => [at, apart(frame, other)])
			.reduce((best, each) => (each[1] < best[1] ? each : best));
	// The middle of the clip, away from the fades at the shot's ends: each of its frames is one of the film, in step.
	const middle = clip.length >> 1;
	const tried = [middle - 20, middle, middle + 20].map((at) => ({ at, found: nearest(clip[at]) }));
	for (const { found } of tried) expect(found[1]).toBeLessThan(3);
	const starts = tried.map(({ at, found }) => found[0] - at);
	expect(Math.max(...starts) - Math.min(...starts)).toBeLessThanOrEqual(1);
	expect(faults).toEqual([]);
}, 300_000);

it('on a phone a tap on its mark plays a clip, and what can be made stands below the picture', async () => {
	const { page, faults } = await house.visitor({
		viewport: { width: 375, height: 812 },
		hasTouch: true,
		isMobile: true,
	});
	await signUp(page, house.url, 'Ama');
	await aDrawnBoard(page);
	const cell = page.getByTestId('board-cell').first();
	await cell.tap();
	await cell.locator('[aria-haspopup=menu]').tap();
	await page.getByRole('menuitem', { name: 'Animate' }).tap();
	const mark = cell.getByTestId('cell-clip');
	await mark.waitFor({ timeout: 60_000 });
	expect(await mark.getAttribute('data-playing')).toBe('false');
	await mark.getByRole('button').tap();
	await expect
		.poll(() => mark.locator('video').evaluate((video) => (video as HTMLVideoElement).currentTime))
		.toBeGreaterThan(0.2);
	// A tap on the shot that is chosen already opens its fields, and falls on none of them.
	await cell.locator('p').first().tap();
	await page.getByTestId('field-action').waitFor();
	expect(await page.evaluate(() => document.activeElement?.closest('[data-testid=inspector]') ?? null)).toBeNull();
	expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
	expect(faults).toEqual([]);
}, 240_000);
