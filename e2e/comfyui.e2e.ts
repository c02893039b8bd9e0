import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aComfyServer, type FakeComfy } from '@reelroom/shared/testing/comfyui/server.ts';
import { allDrawn, openHouse, signUp, type House } from './house.ts';

let comfy: FakeComfy;
let house: House;
beforeAll(async () => {
	comfy = await aComfyServer({ paceMs: 25 });
	house = await openHouse({ samples: 1, env: { COMFYUI_URLS: comfy.url } });
});
afterAll(async () => {
	await house?.close();
	await comfy?.close();
});

it('a shot is drawn by a ComfyUI: chosen in the inspector, seen forming in its cell, and drawn once although the worker is killed', async () => {
	const { page, faults } = await house.visitor();
	await signUp(page, house.url, 'Wanjiru');
	await page.getByTestId('project-card').filter({ hasText: 'The Little Match Girl' }).click();
	await page.waitForURL(/\/board/);
	await allDrawn(page);
	expect(comfy.received).toHaveLength(0);

	const cell = page.getByTestId('board-cell').first();
	await cell.click();
	const inspector = page.getByTestId('inspector');
	await inspector.getByTestId('model').selectOption('sd15-text-to-image');
	const takes = inspector.getByTestId('take');
	const before = await takes.count();
	await inspector.getByTestId('generate-shot').click();
	// The sampler's previews are shown while it is drawn.
	await cell.locator("img[src^='blob:']").waitFor();
	expect(comfy.received).toHaveLength(1);
	house.killWorker();
	await expect.poll(() => takes.count(), { timeout: 90_000 }).toBe(before + 1);
	expect(comfy.received).toHaveLength(1);
	expect(faults).toEqual([]);
}, 240_000);

it('a reference picture of the bible leads what casts it by IP-Adapter, and a shot’s own picture by ControlNet, each on the server as it was given', async () => {
	const { page, faults } = await house.visitor();
	await signUp(page, house.url, 'Adwoa');
	await page.getByTestId('new-project').first().click();
	await page.locator('input[name="name"]').fill('Lamp');
	await page.locator('textarea[name="script"]').fill('INT. CABIN - NIGHT\n\nAn old WOMAN lights a lamp.\n');
	await page.locator('dialog button[type="submit"]').click();
	await page.waitForURL(/\/projects\/[^/]+\/board/);
	await page.getByTestId('break-down').first().click();
	await page.getByTestId('accept-break-down').click();
	await page.getByTestId('generate-board').click();
	await allDrawn(page);

	// The bible: who she is, and a picture of her.
	await page.getByTestId('tab-bible').click();
	await page.getByTestId('add-proposed').click();
	await page.getByTestId('asset').filter({ hasText: /woman/i }).first().click();
	const red = await sharp({ create: { width: 600, height: 900, channels: 3, background: '#c02040' } })
		.png()
		.toBuffer();
	await page.locator('input[type=file]').first().setInputFiles({ name: 'her.png', mimeType: 'image/png', buffer: red });
	await page.getByTestId('asset-picture').first().waitFor();
	await page.getByTestId('tab-board').click();
	await page.getByTestId('board-cell').first().click();
	const inspector = page.getByTestId('inspector');
	const takes = inspector.getByTestId('take');
	const before = await takes.count();

	const sent = async (): Promise<Record<string, { class_type: string; inputs: Record<string, unknown> }>> =>
		comfy.received.at(-1)?.graph as never;
	const pictureOf = async (): Promise<Buffer> => {
		const loads = Object.values(await sent()).filter((node) => node.class_type === 'LoadImage');
		expect(loads).toHaveLength(1);
		const bytes = comfy.files.get(`input/${String(loads[0]?.inputs['image'])}`);
		if (bytes === undefined) throw new Error('it was not uploaded');
		return bytes;
	};
	const asked = comfy.received.length;
	await inspector.getByTestId('model').selectOption('sd15-ip-adapter');
	await inspector.getByTestId('generate-shot').click();
	await expect.poll(() => takes.count(), { timeout: 90_000 }).toBe(before + 1);
	expect(comfy.received).toHaveLength(asked + 1);
	expect(Object.values(await sent()).map((node) => node.class_type)).toContain('IPAdapter');
	const { dominant } = await sharp(await pictureOf()).stats();
	expect([dominant.r > 150, dominant.g < 80, dominant.b < 110]).toEqual([true, true, true]);

	await inspector.getByTestId('make-fromPicture').click();
	await inspector.getByTestId('model-image-to-image').selectOption('sd15-controlnet-canny');
	await inspector.getByTestId('make-run').click();
	await expect.poll(() => takes.count(), { timeout: 90_000 }).toBe(before + 2);
	expect(Object.values(await sent()).map((node) => node.class_type)).toEqual(
		expect.arrayContaining(['Canny', 'ControlNetApplyAdvanced']),
	);
	// What leads is the take that was in use: the one that the reference has led.
	const { format } = await sharp(await pictureOf()).metadata();
	expect(format).toBe('webp');
	expect(faults).toEqual([]);
}, 240_000);
