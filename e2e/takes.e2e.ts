import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import sharp from 'sharp';
import type { Page } from 'playwright-core';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';
import { allDrawn, joinByInvite, openHouse, signUp, type House } from './house.ts';
import { makeDrawnProject } from './own-project.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse();
});
afterAll(() => house?.close());

const script = [
	'INT. CABIN - NIGHT\n\nAn old WOMAN lights a lamp.\n',
	'EXT. HARBOUR - DAWN\n\nA boat leaves. Gulls.\n',
	'INT. LIGHTHOUSE - NIGHT\n\nThe WOMAN climbs the stairs.\n',
].join('\n');

/** A project of its own with a drawn board. */
async function aDrawnBoard(page: Page): Promise<number> {
	return makeDrawnProject(page, 'Lamp', script);
}
const stale = (page: Page) =>
	page
		.getByTestId('board-cell')
		.evaluateAll((cells) => cells.map((cell) => cell.querySelector('[data-testid=cell-stale]') !== null));
const takes = (page: Page) => page.getByTestId('inspector').getByTestId('take');

it('a changed word marks exactly the takes that depend on it, says what changed, and makes those anew by one request', async () => {
	const meis = await house.visitor();
	const mei = meis.page;
	await signUp(mei, house.url, 'Mei');
	const count = await aDrawnBoard(mei);
	expect(count).toBe(3);
	await expect.poll(() => stale(mei)).toEqual([false, false, false]);
	expect(await mei.getByTestId('regenerate-changed').count()).toBe(0);

	// A word of the bible: the two shots that show the woman, and not the boat.
	await mei.goto(mei.url().replace('/board', '/bible'));
	await mei.getByTestId('add-proposed').click();
	await mei.getByTestId('asset').filter({ hasText: /woman/i }).first().click();
	await mei.getByTestId('asset-description').fill('A woman of eighty with a red shawl');
	await mei.getByTestId('tab-board').click();
	await expect.poll(() => stale(mei)).toEqual([true, false, true]);

	// A word of one shot: what changed is said, from what to what; what does not show is not said.
	await mei.getByTestId('board-cell').nth(1).click();
	await mei.getByTestId('field-action').fill('A ship leaves. Gulls.');
	await mei.getByTestId('board-cell').nth(1).focus();
	await expect.poll(() => stale(mei)).toEqual([true, true, true]);
	const notice = mei.getByTestId('stale-notice');
	await notice.getByText('A ship leaves. Gulls.').waitFor();
	expect(await notice.locator('del').innerText()).toContain('A boat leaves');
	await mei.getByTestId('field-action').fill('A boat leaves. Gulls.');
	await mei.getByTestId('board-cell').nth(1).focus();
	await expect.poll(() => stale(mei)).toEqual([true, false, true]);

	// The list and the cost come first; one request makes both, and the takes before stay.
	await mei.getByTestId('regenerate-changed').click();
	const panel = mei.getByTestId('stale-panel');
	await expect.poll(() => panel.getByTestId('stale-take').count()).toBe(2);
	expect(await panel.getByTestId('stale-take').first().innerText()).toMatch(/@woman/i);
	expect(await panel.getByTestId('stale-cost').innerText()).toBe('costs nothing');
	const asked = mei.waitForRequest(/\/regenerate$/);
	await panel.getByTestId('regenerate').click();
	expect(((await asked).postDataJSON() as { takeIds: string[] }).takeIds).toHaveLength(2);
	await allDrawn(mei);
	await expect.poll(() => stale(mei), { timeout: 60_000 }).toEqual([false, false, false]);
	await mei.getByTestId('board-cell').first().click();
	await expect.poll(() => takes(mei).count()).toBe(2);
	expect(await takes(mei).evaluateAll((all) => all.map((take) => (take as HTMLElement).dataset['stale']))).toEqual([
		'true',
		'false',
	]);
	expect(meis.faults).toEqual([]);
	await meis.context.close();
}, 240_000);

it('takes are compared, voted for and chosen; own ones are added, discarded ones come back, and each says where it comes from', async () => {
	const meis = await house.visitor();
	const mei = meis.page;
	await signUp(mei, house.url, 'Ada');
	await aDrawnBoard(mei);
	const robs = await house.visitor({ locale: 'zh-CN' });
	const rob = robs.page;
	await signUp(rob, house.url, 'Rob');
	await joinByInvite(mei, house.url, rob);
	await rob.goto(mei.url());
	await mei.getByTestId('board-cell').first().click();
	await rob.getByTestId('board-cell').first().click();

	// A picture of one's own is a take for everybody.
	const picture = await sharp({ create: { width: 1280, height: 720, channels: 3, background: '#a53' } })
		.png()
		.toBuffer();
	await mei.getByTestId('upload-take-file').setInputFiles({ name: 'own.png', mimeType: 'image/png', buffer: picture });
	await expect.poll(() => takes(rob).count(), { timeout: 30_000 }).toBe(2);
	await rob.getByTestId('vote-take').click();
	await expect.poll(() => takes(mei).nth(1).getAttribute('aria-label')).toContain('1 vote');

	// Side by side, then by the slider; the first one is chosen for everybody.
	await mei.getByTestId('compare-takes').click();
	await expect.poll(() => mei.getByTestId('compared').count()).toBe(2);
	await mei.getByTestId('compare-slider').click();
	await mei.getByTestId('slider').focus();
	for (let n = 0; n < 20; n++) await mei.keyboard.press('ArrowLeft');
	expect(
		await mei.getByTestId('slider-frame').evaluate((frame) => getComputedStyle(frame).getPropertyValue('--part')),
	).toBe('40%');
	await mei.getByTestId('use-take').filter({ hasText: 'Use this take' }).click();
	await expect.poll(() => takes(rob).nth(0).getAttribute('aria-pressed')).toBe('true');
	await mei.keyboard.press('Escape');
	await mei.getByTestId('board-cell').first().waitFor();

	// Discarded and brought back.
	await takes(mei).nth(1).click();
	await mei.getByTestId('discard-take').click();
	await expect.poll(() => takes(rob).count()).toBe(1);
	await mei.getByTestId('show-discarded').click();
	await mei.getByTestId('restore-take').click();
	await expect.poll(() => takes(rob).count()).toBe(2);
	await mei.keyboard.press('Escape');

	// From script line to picture, and the recipe still gives the same bytes.
	await takes(mei).nth(0).click();
	await mei.getByTestId('take-lineage').click();
	await mei.getByTestId('lineage-quote').filter({ hasText: 'lights a lamp' }).waitFor();
	await mei.getByTestId('reproduce').click();
	const again = mei.getByTestId('reproduction');
	await again.waitFor({ timeout: 60_000 });
	expect(await again.getAttribute('data-verdict')).toBe('equal');
	expect(await takes(rob).nth(0).getAttribute('aria-pressed')).toBe('true');
	expect([...meis.faults, ...robs.faults]).toEqual([]);
}, 240_000);

/** A clip as a camera writes it, with sound. */
async function aClip(): Promise<Buffer> {
	const folder = await mkdtemp(join(tmpdir(), 'reelroom-clip-'));
	try {
		const { path } = await findFfmpeg();
		const file = join(folder, 'own.mov');
		const sources = ['-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=24:d=2', '-f', 'lavfi', '-i', 'sine=d=2'];
		const coded = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
		await promisify(execFile)(path, ['-nostdin', '-loglevel', 'error', ...sources, ...coded, file]);
		return await readFile(file);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

it('a clip of one’s own becomes a take by button or dropped on a shot, plays, and is refused in words when it is none', async () => {
	const { page, faults } = await house.visitor();
	await signUp(page, house.url, 'Ines');
	await aDrawnBoard(page);
	await page.getByTestId('board-cell').first().click();
	const clip = await aClip();
	const input = page.getByTestId('upload-take-file');
	await input.setInputFiles({ name: 'own.mov', mimeType: 'video/quicktime', buffer: clip });
	await expect.poll(() => takes(page).count(), { timeout: 60_000 }).toBe(2);
	await expect.poll(() => takes(page).nth(1).getAttribute('data-kind')).toBe('video');
	expect(await takes(page).nth(1).getAttribute('aria-label')).toMatch(/uploaded, 2\.0 s/);
	await expect
		.poll(() =>
			page
				.getByTestId('inspector')
				.locator('video')
				.evaluate((video) => (video as HTMLVideoElement).duration),
		)
		.toBeGreaterThan(1.9);

	// Dropped on another shot: its cell is marked while the file is over it.
	const second = page.getByTestId('board-cell').nth(1);
	const files = await page.evaluateHandle((bytes) => {
		const data = new DataTransfer();
		data.items.add(
			new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], 'dropped.mp4', { type: 'video/mp4' }),
		);
		return data;
	}, clip.toString('base64'));
	await second.dispatchEvent('dragover', { dataTransfer: files });
	await expect.poll(() => second.getAttribute('data-dropping')).toBe('');
	await second.dispatchEvent('drop', { dataTransfer: files });
	await expect.poll(() => takes(page).count(), { timeout: 60_000 }).toBe(2);
	expect(await second.getAttribute('data-dropping')).toBeNull();
	await expect.poll(() => takes(page).nth(1).getAttribute('data-kind')).toBe('video');

	await input.setInputFiles({
		name: 'list.mp4',
		mimeType: 'video/mp4',
		buffer: Buffer.from('#EXTM3U\nfile:///etc/hostname\n'),
	});
	await page.getByText('list.mp4: This file is neither a picture').waitFor();
	await input.setInputFiles({ name: 'half.mov', mimeType: 'video/quicktime', buffer: clip.subarray(0, 5_000) });
	await page.getByText('half.mov: This clip is damaged').waitFor();
	expect(await takes(page).count()).toBe(2);
	expect(faults).toEqual([]);
}, 180_000);

it('the same is there at once when it is asked for again, and a new one can be made', async () => {
	const { page } = await house.visitor();
	await signUp(page, house.url, 'Noor');
	await aDrawnBoard(page);
	await page.getByTestId('board-cell').first().click();
	const seed = page.getByTestId('inspector').getByLabel('Seed', { exact: true });
	await seed.fill('77');
	await seed.blur();
	await page.getByTestId('generate-shot').click();
	await expect.poll(() => takes(page).count(), { timeout: 60_000 }).toBe(2);
	await allDrawn(page);
	await page.getByTestId('generate-shot').click();
	const toast = page.getByRole('button', { name: 'Make a new one' });
	await toast.waitFor();
	expect(await takes(page).count()).toBe(2);
	await toast.click();
	await expect.poll(() => takes(page).count(), { timeout: 60_000 }).toBe(3);
}, 180_000);
