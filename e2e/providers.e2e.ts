import { afterAll, beforeAll, expect, it } from 'vitest';
import { anOpenai } from '@reelroom/shared/testing/cloud/openai.ts';
import { allDrawn, openHouse, signUp, type House } from './house.ts';

const apiKey = 'sk-right-key-0123456789';
let service: Awaited<ReturnType<typeof anOpenai>>;
let house: House;
beforeAll(async () => {
	service = await anOpenai({
		models: ['gpt-image-1', 'qwen'],
		says: (messages) =>
			/Translate/.test(messages[0]?.content ?? '') ? '一个女孩划亮火柴' : 'A barefoot girl, one match, snow falling',
		paceMs: 60,
	});
	house = await openHouse({ samples: 1, env: { PROVIDER_HOSTS: service.host } });
});
afterAll(async () => {
	await house?.close();
	await service?.close();
});

it('a key is added and tried, a shot is drawn with it, and a text model writes its prompt as a proposal that is taken', async () => {
	const { page, faults } = await house.visitor();
	await signUp(page, house.url, 'Mei');
	await page.getByTestId('to-providers').click();
	const card = (kind: string) => page.locator(`[data-testid=provider][data-kind=${kind}]`);
	await card('openai').getByTestId('set-key').click();
	const dialog = page.getByRole('dialog');
	await dialog.locator('input[name=baseUrl]').fill(service.baseUrl);
	await dialog.locator('input[name=apiKey]').fill('sk-wrong-key-0123456789');
	await dialog.getByTestId('save-key').click();
	const openai = card('openai').getByTestId('provider-check');
	await expect.poll(() => openai.getAttribute('data-ok')).toBe('false');
	expect(await openai.textContent()).toContain('does not accept the key');
	await card('openai').getByTestId('set-key').click();
	await dialog.locator('input[name=apiKey]').fill(apiKey);
	await dialog.getByTestId('save-key').click();
	await expect.poll(() => openai.getAttribute('data-ok')).toBe('true');
	expect(await card('openai').getByTestId('provider-key').textContent()).toContain('6789');
	await card('text').getByTestId('set-key').click();
	await dialog.locator('input[name=apiKey]').fill(apiKey);
	await dialog.locator('input[name=baseUrl]').fill(service.baseUrl);
	await dialog.locator('input[name=model]').fill('qwen');
	await dialog.getByTestId('save-key').click();
	await expect.poll(() => card('text').getByTestId('provider-check').getAttribute('data-ok')).toBe('true');
	expect(await page.content()).not.toContain(apiKey);

	await page.goto(`${house.url}/projects`);
	await page.getByTestId('project-card').filter({ hasText: 'The Little Match Girl' }).click();
	await page.waitForURL(/\/board/);
	await allDrawn(page);
	await page.getByTestId('board-cell').first().click();
	const inspector = page.getByTestId('inspector');
	const prompt = inspector.getByTestId('field-prompt');
	await inspector.getByTestId('text-help-prompt').getByRole('button').click();
	await page.getByRole('menuitem', { name: 'Write from the shot' }).click();
	const proposal = inspector.getByTestId('text-proposal');
	await expect.poll(() => proposal.getAttribute('data-done')).toBe('true');
	expect(await prompt.inputValue()).toBe('');
	await proposal.getByTestId('accept-text').click();
	await expect.poll(() => prompt.inputValue()).toBe('A barefoot girl, one match, snow falling');
	await inspector.getByTestId('text-help-prompt').getByRole('button').click();
	await page.getByRole('menuitem', { name: 'Translate into Chinese' }).click();
	await proposal.getByTestId('discard-text').click();
	await proposal.waitFor({ state: 'detached' });
	expect(await prompt.inputValue()).toBe('A barefoot girl, one match, snow falling');

	await inspector.getByTestId('model').selectOption('openai/gpt-image-1');
	const takes = inspector.getByTestId('take');
	const before = await takes.count();
	await inspector.getByTestId('generate-shot').click();
	await expect.poll(() => takes.count(), { timeout: 60_000 }).toBe(before + 1);
	const asked = service.received.find(({ target }) => target.endsWith('/images/generations'))?.json;
	expect(JSON.stringify(asked)).toContain('A barefoot girl, one match, snow falling');

	await page.goto(`${house.url}/providers`);
	await card('openai').getByTestId('remove-key').click();
	await page.getByTestId('remove-sure').click();
	await card('openai').getByTestId('provider-key').waitFor({ state: 'detached' });
	expect(faults).toEqual([]);
}, 240_000);
