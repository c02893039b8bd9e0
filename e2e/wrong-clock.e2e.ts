import { afterAll, beforeAll, expect, it } from 'vitest';
import { joinByInvite, openHouse, signUp, type House } from './house.ts';

let house: House;
beforeAll(async () => {
	house = await openHouse({ samples: 1 });
});
afterAll(() => house?.close());

const hourMs = 3_600_000;
/** A browser whose machine has the wrong time. */
async function visitorOff(offMs: number) {
	const visitor = await house.visitor();
	await visitor.context.addInitScript((off) => {
		const Right = Date;
		class Wrong extends Right {
			constructor(...input: unknown[]) {
				super(...((input.length === 0 ? [Right.now() + off] : input) as [number]));
			}
			static override now(): number {
				return Right.now() + off;
			}
		}
		globalThis.Date = Wrong as DateConstructor;
	}, offMs);
	return visitor;
}

it.each([
	['more than a day ahead', 31 * hourMs],
	['nine hours behind', -9 * hourMs],
])(
	'whoever’s clock is %s stays signed in, is seen, and reads everybody’s times as they are',
	async (_, offMs) => {
		const mei = await visitorOff(offMs);
		const ada = await house.visitor();
		await signUp(mei.page, house.url, 'Mei');
		await mei.page.getByTestId('project-card').filter({ hasText: 'The Little Match Girl' }).click();
		await mei.page.waitForURL(/\/board/);
		await mei.page.getByTestId('board-cell').nth(1).waitFor();
		await signUp(ada.page, house.url, 'Ada');
		await joinByInvite(mei.page, house.url, ada.page);
		await ada.page.goto(mei.page.url());
		await mei.page.reload();
		for (const [{ page }, other] of [
			[mei, 'Ada'],
			[ada, 'Mei'],
		] as const)
			await page
				.getByTestId('presence-avatar')
				.filter({ hasText: other.slice(0, 1) })
				.first()
				.waitFor();

		for (const [{ page }, words] of [
			[ada, 'By Ada'],
			[mei, 'By Mei'],
		] as const) {
			await page.getByTestId('board-cell').first().click();
			await page.getByTestId('note-field').fill(words);
			await page.keyboard.press('Control+Enter');
		}
		for (const { page } of [mei, ada])
			for (const words of ['By Ada', 'By Mei']) {
				const note = page.getByTestId('shot-notes').getByTestId('note').filter({ hasText: words });
				await note.waitFor();
				expect(await note.locator('time').textContent()).toMatch(/^(now|\d+ seconds? ago)$/);
			}
		await mei.page.getByTestId('quota').click();
		await mei.page.getByText(/Resets in \d+ (hours?|minutes?)/).waitFor();
		await mei.page.keyboard.press('Escape');
		await mei.page.getByTestId('activity').click();
		await mei.page.getByTestId('activity-panel').getByRole('heading', { name: 'Today' }).waitFor();
		expect([...mei.faults, ...ada.faults]).toEqual([]);
	},
	120_000,
);
