import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aComfyServer, type FakeComfy } from '@reelroom/shared/testing/comfyui/server.ts';
import { allDrawn, openHouse, signUp, type House } from './house.ts';

let comfy: FakeComfy;
let second: FakeComfy;
let house: House;
let amara: Awaited<ReturnType<House['visitor']>>;
beforeAll(async () => {
	[comfy, second] = [await aComfyServer({ paceMs: 15 }), await aComfyServer()];
	house = await openHouse({ samples: 1, env: { COMFYUI_URLS: comfy.url } });
	amara = await house.visitor();
	// The first account of an install, made from its own machine, administrates it.
	await signUp(amara.page, house.url, 'Amara');
});
afterAll(async () => {
	await house?.close();
	await Promise.all([comfy?.close(), second?.close()]);
});

/** A graph that is none of the ready ones: words joined of two, a custom sampler, a second picture. */
const graph = {
	10: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'sd_xl_base_1.0.safetensors' } },
	20: { class_type: 'CLIPTextEncode', _meta: { title: 'Positive' }, inputs: { text: 'a frame', clip: ['10', 1] } },
	21: { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['10', 1] } },
	30: { class_type: 'EmptyLatentImage', inputs: { width: 768, height: 432, batch_size: 1 } },
	40: { class_type: 'RandomNoise', inputs: { noise_seed: 18446744073709551615n } },
	41: { class_type: 'CFGGuider', inputs: { model: ['10', 0], positive: ['20', 0], negative: ['21', 0], cfg: 4.5 } },
	42: { class_type: 'KSamplerSelect', inputs: { sampler_name: 'euler' } },
	43: { class_type: 'BasicScheduler', inputs: { model: ['10', 0], scheduler: 'karras', steps: 6, denoise: 1 } },
	44: {
		class_type: 'SamplerCustomAdvanced',
		inputs: { noise: ['40', 0], guider: ['41', 0], sampler: ['42', 0], sigmas: ['43', 0], latent_image: ['30', 0] },
	},
	50: { class_type: 'VAEDecode', inputs: { samples: ['44', 0], vae: ['10', 2] } },
	60: { class_type: 'SaveImage', inputs: { images: ['50', 0], filename_prefix: 'unseen' } },
};
const asText = (): string =>
	JSON.stringify(graph, (_key, value: unknown) => (typeof value === 'bigint' ? `#${value}#` : value)).replace(
		/"#(\d+)#"/g,
		'$1',
	);

it('a graph that is none of the ready ones is imported, mended at its inputs, bound, tried, saved and exported', async () => {
	const { page, faults } = amara;
	await page.getByTestId('to-workflows').click();
	await page.waitForURL(/\/workspaces\/[^/]+\/workflows$/);
	await expect.poll(() => page.getByTestId('workflow-row').count()).toBe(22);

	await page.getByTestId('import-workflow').click();
	await page.locator('textarea[name=graph]').fill('{"nodes":[]}');
	await page.getByTestId('workflow-import').click();
	await page.getByText('This file holds no ComfyUI workflow.').first().waitFor();
	await page.locator('input[name=title]').fill('Custom sampler');
	await page.locator('textarea[name=graph]').fill(asText().replace('"euler"', '"magic"'));
	await page.getByTestId('workflow-import').click();
	await page.waitForURL(/\/workflows\/[0-9a-f]{24}$/);

	// What is wrong is told at the input it belongs to, and mended there.
	const sampler = page.locator('[data-node="42"] [data-input=sampler_name]');
	await sampler.getByTestId('input-fault').getByText('“magic”').waitFor();
	await sampler.locator('select').first().selectOption('euler');
	const bound = (node: string, input: string) =>
		page.locator(`[data-node="${node}"] [data-input=${input}]`).getByTestId('bind').inputValue();
	expect(await bound('20', 'text')).toBe('prompt');
	expect(await bound('21', 'text')).toBe('negative');
	expect(await bound('40', 'noise_seed')).toBe('seed');
	await page.locator('[data-node="60"] [data-input=filename_prefix]').getByTestId('bind').selectOption('exposed');
	await page.getByTestId('workflow-save').click();
	await page.getByText('Saved as version 2').waitFor();
	await expect.poll(() => page.getByTestId('input-fault').count()).toBe(0);
	await page.getByTestId('workflow-runs').getByText('Runs on 1 of 1').waitFor();

	await page.locator('textarea[name=prompt]').fill('a harbour at dawn');
	await page.getByTestId('workflow-try').click();
	await page.locator('[data-testid=trial][data-status=succeeded] img').waitFor({ timeout: 60_000 });
	const [sent] = comfy.received;
	expect(
		JSON.stringify(sent?.graph, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
	).toContain('a harbour at dawn');

	await page.goBack();
	const row = page.getByTestId('workflow-row').first();
	await row.getByText('Custom sampler').waitFor();
	await row.getByRole('button').click();
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('menuitem', { name: 'Export' }).click(),
	]);
	expect(await readFile(await download.path(), 'utf8')).toContain('18446744073709551615');

	// A shot is drawn with it, with what was set in the inspector.
	await page.goto(`${house.url}/projects`);
	await page.getByTestId('project-card').filter({ hasText: 'The Little Match Girl' }).click();
	await page.waitForURL(/\/board/);
	await allDrawn(page);
	await page.getByTestId('board-cell').first().click();
	const inspector = page.getByTestId('inspector');
	await inspector.getByTestId('model').selectOption({ label: 'ComfyUI · Custom sampler' });
	await inspector.getByTestId('workflow-settings').locator('summary').click();
	await inspector.getByTestId('setting-sampler').selectOption('dpmpp_2m');
	await inspector.getByTestId('setting-steps').fill('3');
	await inspector.getByTestId('setting-60.filename_prefix').fill('by-hand');
	await inspector.getByTestId('setting-60.filename_prefix').press('Tab');
	const takes = inspector.getByTestId('take');
	const before = await takes.count();
	await inspector.getByTestId('generate-shot').click();
	await expect.poll(() => takes.count(), { timeout: 60_000 }).toBe(before + 1);
	expect(comfy.received).toHaveLength(2);
	const drawn = comfy.received[1]?.graph as Record<string, { inputs: Record<string, unknown> }>;
	expect(drawn['42']?.inputs['sampler_name']).toBe('dpmpp_2m');
	expect(drawn['43']?.inputs['steps']).toBe(3);
	expect(drawn['60']?.inputs['filename_prefix']).toBe('by-hand');
	expect(faults).toEqual([]);
}, 240_000);

it('whoever administrates the install adds a server, tags it, drains it and switches it off; others do not get there', async () => {
	const { page, faults } = amara;
	await page.goto(`${house.url}/projects`);
	await page.getByTestId('to-farm').click();
	const node = (url: string) => page.locator(`[data-testid=farm-node][data-url="${url}"]`);
	await expect.poll(() => node(comfy.url).getAttribute('data-state')).toBe('up');
	await page.getByTestId('add-node').click();
	await page.locator('input[name=url]').fill('http://169.254.169.254');
	await page.getByTestId('add-node-submit').click();
	await page.getByText('Servers of this host may not be added').waitFor();
	await page.locator('input[name=url]').fill(second.url);
	await page.getByTestId('add-node-submit').click();
	// A worker looks at it without being started anew.
	await expect.poll(() => node(second.url).getAttribute('data-state'), { timeout: 20_000 }).toBe('up');
	await node(second.url).getByTestId('farm-tags').fill('fast, big');
	await node(second.url).getByTestId('farm-tags').press('Enter');
	await node(second.url).getByTestId('farm-concurrency').selectOption('4');
	const act = async (name: string) => {
		await node(second.url)
			.getByRole('button', { name: /^Actions/ })
			.click();
		await page.getByRole('menuitem', { name }).click();
	};
	await act('Drain');
	await expect.poll(() => node(second.url).getAttribute('data-state')).toBe('draining');
	await act('Disable');
	await expect.poll(() => node(second.url).getAttribute('data-state')).toBe('off');
	await expect.poll(() => second.sockets(), { timeout: 10_000 }).toBe(0);
	await page.reload();
	expect(await node(second.url).getByTestId('farm-tags').inputValue()).toBe('fast, big');
	expect(await node(second.url).getByTestId('farm-concurrency').inputValue()).toBe('4');
	await act('Remove');
	await expect.poll(() => page.getByTestId('farm-node').count()).toBe(1);
	expect(faults).toEqual([]);

	const other = await house.visitor();
	await signUp(other.page, house.url, 'Brook');
	expect(await other.page.getByTestId('to-farm').count()).toBe(0);
	await other.page.goto(`${house.url}/farm`);
	await other.page.getByText('Only administrators of this install can see its servers.').waitFor();
}, 120_000);
