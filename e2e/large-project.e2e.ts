import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMongo, type Mongo } from '@reelroom/shared/node/mongo.ts';
import { startMongod, type Mongod } from '@reelroom/shared/node/tools/mongod.ts';
import { openHouse, signUp, type House } from './house.ts';
import { makeProject } from './own-project.ts';

let mongoDir: string;
let mongod: Mongod;
let mongo: Mongo;
let house: House;
beforeAll(async () => {
	mongoDir = await mkdtemp(join(tmpdir(), 'reelroom-e2e-mongo-'));
	mongod = await startMongod({ dataDir: mongoDir });
	mongo = await connectMongo(mongod.uri);
	house = await openHouse({ mongodbUri: mongod.uri });
});
afterAll(async () => {
	await house?.close();
	await mongo?.close();
	await mongod?.close();
	await rm(mongoDir, { recursive: true, force: true });
});

const versionCount = 10_000;
const noteCount = 5_000;
const saved = (page: Page) =>
	expect.poll(() => page.getByTestId('save-mark').getAttribute('data-state'), { timeout: 20_000 }).toBe('saved');

/** Makes a project with one named version and one shot; answers its id. */
async function aProject(page: Page, name: string): Promise<string> {
	await page.goto(`${house.url}/projects`);
	await makeProject(page, name, 'INT. ROOM - DAY\n\nA chair.\n');
	await page.getByTestId('add-shot').first().click();
	await saved(page);
	await page.getByTestId('tab-script').click();
	await page.locator('.cm-line', { hasText: 'A chair.' }).waitFor();
	await page.getByTestId('open-history').last().click();
	await page.getByTestId('version-rename').click();
	await page.getByTestId('version-name').fill('Kept first');
	await page.getByTestId('version-keep').click();
	await page.getByText('Saved as “Kept first”.').waitFor();
	return new URL(page.url()).pathname.split('/')[2] ?? '';
}

/** Gives a project a long past: versions that hold what its only one holds, and notes on its only shot and script. */
async function grow(projectId: string): Promise<void> {
	const versions = mongo.db.collection<{ _id: string; [field: string]: unknown }>('versions');
	const { follows: _, ...version } = (await versions.findOne({ projectId })) ?? { _id: '' };
	const since = Date.now() - versionCount * 3_600_000;
	await versions.insertMany(
		Array.from({ length: versionCount }, (__, nth) => ({
			...version,
			_id: `version-${nth}`,
			kind: 'import',
			name: null,
			at: new Date(since + nth * 3_600_000),
		})),
	);
	const { by } = version as { by?: string };
	await mongo.db.collection<{ _id: string }>('notes').insertMany(
		Array.from({ length: noteCount }, (__, nth) => {
			const at = new Date(since + nth * 3_600_000);
			const noteId = `note-${String(nth).padStart(6, '0')}`;
			return {
				_id: `${projectId}/${noteId}`,
				projectId,
				noteId,
				threadId: noteId,
				target: { kind: 'script', start: 'AAAA', end: 'AAAA', quote: 'A chair.' },
				filmId: null,
				text: `Word ${nth}`,
				mentions: [],
				author: { kind: 'member', id: by ?? '', name: 'Mei' },
				linkId: null,
				digest: '',
				createdAt: at,
				editedAt: null,
				deletedAt: null,
				resolvedAt: null,
				resolvedBy: null,
				revision: 1,
				changedAt: at,
			};
		}),
	);
}

describe('a project with ten thousand versions and five thousand notes', () => {
	it('opens like a small one, shows its notes some at a time, and leads back to versions behind the first hundred', async () => {
		const { page, context, faults } = await house.visitor();
		await signUp(page, house.url, 'Mei');
		const small = await aProject(page, 'Small');
		const large = await aProject(page, 'Large');
		await grow(large);

		/** Milliseconds until a view can be used, and the longest that its main thread was busy at a time. */
		async function open(
			projectId: string,
			view: string,
			by = context,
		): Promise<{ ms: number; busyMs: number; bytes: number }> {
			const tab = await by.newPage();
			tab.setDefaultTimeout(20_000);
			await tab.addInitScript(() => {
				const w = window as unknown as { busyMs: number };
				w.busyMs = 0;
				new PerformanceObserver((list) => {
					for (const { duration } of list.getEntries()) w.busyMs = Math.max(w.busyMs, duration);
				}).observe({ type: 'longtask', buffered: true });
			});
			const begun = Date.now();
			await tab.goto(`${house.url}/projects/${projectId}/${view}`);
			await (
				view === 'board' ? tab.getByTestId('board-cell').first() : tab.locator('.cm-line', { hasText: 'A chair.' })
			).waitFor();
			await saved(tab);
			const ms = Date.now() - begun;
			if (projectId === large)
				await tab
					.getByTestId('notes-button')
					.filter({ hasText: String(noteCount) })
					.waitFor();
			if (projectId === large && view === 'script') await tab.getByTestId('thread').first().waitFor();
			const apiBytes = () =>
				tab.evaluate(() => {
					const replies = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
					const notes = replies.filter(({ name }) => /\/notes(\?|$)/.test(name));
					return notes.length === 0 ? null : notes.reduce((sum, reply) => sum + reply.decodedBodySize, 0);
				});
			await expect.poll(apiBytes).not.toBeNull();
			const bytes = (await apiBytes()) ?? 0;
			const busyMs = await tab.evaluate(() => (window as unknown as { busyMs: number }).busyMs);
			const cards = await tab.getByTestId('thread').count();
			expect(cards).toBeLessThan(60);
			await tab.close();
			return { ms, busyMs, bytes };
		}
		const elsewhere = await house.visitor({ storageState: await context.storageState() });
		expect((await open(large, 'board', elsewhere.context)).bytes).toBeGreaterThan(1_000_000);
		for (const view of ['board', 'script']) {
			await open(small, view);
			await open(large, view);
			const [a, b] = [await open(small, view), await open(large, view)];
			expect(b.ms / Math.max(a.ms, 300), view).toBeLessThan(3);
			// What this device knows already is not told again.
			expect(b.bytes - a.bytes).toBeLessThan(100_000);
		}

		await page.goto(`${house.url}/projects/${large}/script`);
		await page.getByTestId('notes-button').first().click();
		const panel = page.getByTestId('notes-panel');
		const threads = panel.getByTestId('thread');
		await threads.filter({ hasText: `Word ${noteCount - 1}` }).waitFor();
		expect(await threads.count()).toBeLessThan(60);
		await threads.last().scrollIntoViewIfNeeded();
		await panel.locator('ul').evaluate((list) => (list.parentElement ?? list).scrollTo(0, list.scrollHeight));
		await expect.poll(() => threads.count()).toBeGreaterThan(60);
		await page.keyboard.press('Escape');

		await page.getByTestId('open-history').last().click();
		const slider = page.getByTestId('version-slider');
		await expect.poll(() => slider.getAttribute('max')).toBe('100');
		await slider.press('Home');
		await expect.poll(() => slider.getAttribute('max')).toBe('200');
		// It stays at the version that was looked at, which has one before it now.
		await expect.poll(() => slider.inputValue()).toBe('100');
		for (const max of ['300', '400', '500', '600']) {
			await slider.press('Home');
			await expect.poll(() => slider.getAttribute('max')).toBe(max);
		}
		expect(await page.locator('.tick').count()).toBeLessThanOrEqual(402);
		await page.getByTestId('version-tally').waitFor();
		expect(faults).toEqual([]);
	}, 180_000);
});
