import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CDPSession, Page } from 'playwright-core';
import { openHouse, signUp, type House } from './house.ts';

const begin = 'INT. LIGHTHOUSE - NIGHT\n\nRain beats on the glass.\n\nANNA\nCome up!\n\nBEN\nNo.\n\n';
let house: House;

async function newProject(page: Page, script: string): Promise<string> {
	return page.evaluate(async (text) => {
		const reply = await fetch('/api/v1/projects', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ name: 'The Lighthouse', aspectRatio: '16:9', fps: 24, style: 'pencil', script: text }),
		});
		const made = (await reply.json()) as { id: string };
		return made.id;
	}, script);
}

async function openScript(page: Page, id: string): Promise<void> {
	await page.goto(`${house.url}/projects/${id}/script`);
	await page.locator('.cm-line').first().waitFor();
	await saved(page);
}
const saved = (page: Page) => page.locator('[data-testid="save-mark"][data-state="saved"]').waitFor();

/** The text as this window's editor has it. */
const textOf = async (page: Page): Promise<string> =>
	(await page.locator('.cm-line').allTextContents()).join('\n').replace(/[\u200b\u2060\ufeff]/g, '');
const sees = (page: Page, words: string) => page.locator('.cm-line', { hasText: words }).first().waitFor();

async function writeAtEnd(page: Page): Promise<void> {
	await page.locator('.cm-content').click();
	await page.keyboard.press('ControlOrMeta+End');
}

/** One writer with a project of this script. */
async function writer(
	script = begin,
	options: Parameters<House['visitor']>[0] = {},
): Promise<{ page: Page; id: string }> {
	const { page } = await house.visitor(options);
	await signUp(page, house.url, 'Anna');
	const id = await newProject(page, script);
	await openScript(page, id);
	return { page, id };
}

/** Two people with one script open. */
async function writers(script = begin): Promise<{ one: Page; other: Page; id: string }> {
	const { page: one, id } = await writer(script);
	const { page: other } = await house.visitor();
	await signUp(other, house.url, 'Ben');
	const token = await one.evaluate(async () => {
		const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"role":"editor"}' };
		const [own] = (await (await fetch('/api/v1/workspaces')).json()) as { id: string }[];
		const reply = await fetch(`/api/v1/workspaces/${own?.id ?? ''}/invitations`, post);
		return ((await reply.json()) as { token: string }).token;
	});
	const accepted = await other.evaluate(
		async (secret) => (await fetch(`/api/v1/invitations/${secret}/accept`, { method: 'POST' })).status,
		token,
	);
	expect(accepted).toBeLessThan(300);
	await openScript(other, id);
	return { one, other, id };
}

const compose = (session: CDPSession, text: string) =>
	session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });

beforeAll(async () => {
	house = await openHouse();
});
afterAll(() => house.close());

describe('writing a screenplay', () => {
	it('goes from element to element by Tab and Enter, in capitals where they belong', async () => {
		const { page } = await writer();
		await writeAtEnd(page);
		await page.keyboard.type('int. stairs - night');
		await page.keyboard.press('Escape');
		await page.keyboard.press('Enter');
		await page.keyboard.type('She climbs.');
		await page.keyboard.press('Enter');
		await page.keyboard.press('Tab');
		await page.locator('.cm-tooltip-autocomplete').waitFor();
		await page.keyboard.type('zoe');
		await page.keyboard.press('Enter');
		await page.keyboard.type('Who is there?');
		await page.keyboard.press('Tab');
		await page.keyboard.type('afraid');
		await page.keyboard.press('Enter');
		await page.keyboard.type('Ben?');
		await page.keyboard.press('Enter');
		await page.keyboard.press('Enter');
		await page.keyboard.type('Nobody.');
		expect(await textOf(page)).toBe(
			`${begin}INT. STAIRS - NIGHT\n\nShe climbs.\n\nZOE\nWho is there?\n(afraid)\nBen?\n\nNobody.`,
		);
		await page.locator('.cm-line.sp-parenthetical', { hasText: 'afraid' }).waitFor();
		await page.locator('.cm-line.sp-scene-heading[data-scene="2"]').waitFor();
		await page.locator('[data-testid="script-length"]', { hasText: '2 scenes' }).waitFor();
	});
	it('goes to a scene once: whoever writes on elsewhere stays there while the board changes', async () => {
		const { page } = await writer();
		await page.locator('aside button.scene').first().click();
		await writeAtEnd(page);
		await page.keyboard.type('EXT. SEA - DAY');
		await page.locator('aside button.scene').nth(1).waitFor();
		await page.keyboard.type('!');
		expect(await textOf(page)).toBe(`${begin}EXT. SEA - DAY!`);
	});
	it('writes a Chinese name with its mark, and a habit of pressing Enter twice adds no third line', async () => {
		const { page } = await writer('内景 堂屋 夜\n\n@愚公\n走。\n\n');
		await writeAtEnd(page);
		await page.keyboard.insertText('油灯摇晃。');
		await page.keyboard.press('Enter');
		await page.keyboard.press('Enter');
		await page.keyboard.press('Tab');
		await page.keyboard.insertText('智叟');
		await page.keyboard.press('Escape');
		await page.keyboard.press('Enter');
		await page.keyboard.insertText('不走。');
		await page.locator('.cm-line.sp-dialogue', { hasText: '不走' }).waitFor();
		await page.keyboard.press('ControlOrMeta+Home');
		expect(await textOf(page)).toBe('内景 堂屋 夜\n\n愚公\n走。\n\n油灯摇晃。\n\n智叟\n不走。');
		await page.locator('.cm-line.sp-character', { hasText: '智叟' }).waitFor();
	});
	it('offers who is likely to speak, places and times of the script', async () => {
		const { page } = await writer();
		await writeAtEnd(page);
		await page.keyboard.press('Tab');
		const offers = page.locator('.cm-tooltip-autocomplete li');
		await offers.first().waitFor();
		expect((await offers.allTextContents()).slice(0, 2)).toEqual(['ANNAcharacter', 'BENcharacter']);
		await page.keyboard.press('Escape');
		await page.keyboard.press('Shift+Tab');
		await page.keyboard.type('EXT. ');
		await offers.filter({ hasText: 'LIGHTHOUSE' }).first().waitFor();
		await page.keyboard.press('Tab');
		await page.keyboard.type(' - N');
		await offers.filter({ hasText: 'NIGHT' }).first().waitFor();
		await page.keyboard.press('Enter');
		await sees(page, 'EXT. LIGHTHOUSE - NIGHT');
	});
	it('begins to write on an empty page, and Enter on an offered name or time of day goes on below it', async () => {
		const { page } = await writer('');
		await page.locator('.cm-focused').waitFor();
		const take = async (typed: string, offered: string): Promise<void> => {
			await page.keyboard.type(typed);
			await page.locator('.cm-tooltip-autocomplete li[aria-selected=true]', { hasText: offered }).waitFor();
			await page.keyboard.press('Enter');
		};
		await take('int. cabin - ni', 'NIGHT');
		await page.keyboard.type('A lamp.');
		await page.keyboard.press('Enter');
		await page.keyboard.press('Tab');
		await page.keyboard.type('anna');
		await page.keyboard.press('Enter');
		await page.keyboard.type('Hello?');
		await page.keyboard.press('Enter');
		await page.keyboard.press('Enter');
		await page.keyboard.press('Tab');
		await take('a', 'ANNA');
		await page.keyboard.type('Careful.');
		expect(await textOf(page)).toBe('INT. CABIN - NIGHT\n\nA lamp.\n\nANNA\nHello?\n\nANNA\nCareful.');
	});
	it('replaces all as one step that one undo takes back', async () => {
		const { page } = await writer('ANNA\nRed lamp, red door.\n\nThe red sea.\n');
		await page.locator('.cm-content').click();
		await page.keyboard.press('ControlOrMeta+f');
		await page.getByTestId('find-search').fill('red');
		await page.getByTestId('find-told').filter({ hasText: '3 found' }).waitFor();
		await page.getByTestId('find-replace').fill('blue');
		await page.getByTestId('find-replace-all').click();
		await sees(page, 'The blue sea.');
		expect(await textOf(page)).toBe('ANNA\nblue lamp, blue door.\n\nThe blue sea.\n');
		await page.keyboard.press('Escape');
		await page.locator('.cm-content').click();
		await page.keyboard.press('ControlOrMeta+z');
		await sees(page, 'The red sea.');
		expect(await textOf(page)).toBe('ANNA\nRed lamp, red door.\n\nThe red sea.\n');
	});
	it('folds a scene by the number in its margin, and opens it again', async () => {
		const { page } = await writer(`${begin}EXT. ROCKS - DAWN\n\nA new day.\n`);
		const heading = page.locator('.cm-line.sp-scene-heading').first();
		await heading.click({ position: { x: 100, y: 10 } });
		await page.locator('.cm-foldPlaceholder').waitFor();
		expect(await page.locator('.cm-line', { hasText: 'Rain beats' }).count()).toBe(0);
		await page.locator('.cm-foldPlaceholder').click();
		await sees(page, 'Rain beats');
	});
	it('shows a bar with the kinds of lines on a phone, and nothing scrolls sideways', async () => {
		const { page } = await writer(begin, { viewport: { width: 375, height: 812 }, hasTouch: true });
		await writeAtEnd(page);
		await page.locator('[data-testid="kind-bar"] [data-kind="character"]').tap();
		await page.keyboard.type('zoe');
		await sees(page, 'ZOE');
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
	});
	it('has on a phone what keys do elsewhere: quiet writing, and the way to all projects and actions', async () => {
		const { page } = await writer(begin, { viewport: { width: 375, height: 812 }, hasTouch: true });
		const choose = async (name: string): Promise<void> => {
			await page.getByTestId('script-view').getByRole('button').tap();
			await page.getByRole('menuitem', { name }).tap();
		};
		await choose('Focus mode');
		await page.locator('.cm-editor.sp-quiet').waitFor();
		await choose('Leave focus mode');
		await page.locator('.cm-editor:not(.sp-quiet)').waitFor();
		await choose('Typewriter mode');
		expect(await page.evaluate(() => localStorage.getItem('script-modes'))).toBe('typewriter');
		await page.getByRole('button', { name: 'Scenes' }).tap();
		await page.getByTestId('sheet-palette').tap();
		await page.getByRole('combobox').waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('button', { name: 'Scenes' }).tap();
		await page.getByTestId('sheet-projects').tap();
		await page.waitForURL(/\/projects$/);
	});
	it('sets two who speak at the same time side by side, and both are written in as any line', async () => {
		const { page } = await writer(
			`INT. A - DAY\n\nANNA\nYes, yes.\n\nBEN ^\nNo, I am cold and I do not want to go up there again tonight.\n\nEnd.\n`,
		);
		const boxOf = (words: string): Promise<{ left: number; top: number; bottom: number }> =>
			page
				.locator('.cm-line', { hasText: words })
				.first()
				.evaluate((line) => {
					const range = document.createRange();
					range.selectNodeContents(line);
					const { left, top, bottom } = range.getBoundingClientRect();
					return { left, top, bottom };
				});
		const distance = async (one: string, other: string): Promise<number> =>
			Math.round((await boxOf(other)).top - (await boxOf(one)).top);
		await expect.poll(() => distance('ANNA', 'BEN')).toBe(0);
		expect((await boxOf('No, I am')).left).toBeGreaterThan((await boxOf('Yes, yes')).left + 100);
		// What follows stands one blank line below the longer speech.
		expect(Math.round((await boxOf('End.')).top - (await boxOf('No, I am')).bottom)).toBeLessThan(36);
		expect((await boxOf('End.')).top).toBeGreaterThan((await boxOf('No, I am')).bottom + 15);

		// A click, and up and down, lead to the words that are seen.
		await page.locator('.cm-line', { hasText: 'No, I am' }).click({ position: { x: 500, y: 10 } });
		await page.keyboard.press('Home');
		await page.keyboard.type('Ben: ');
		await sees(page, 'Ben: No, I am');
		await page.locator('.cm-line', { hasText: 'Yes, yes' }).click({ position: { x: 170, y: 10 } });
		await page.keyboard.press('End');
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('End');
		await page.keyboard.press('Shift+Home');
		await page.keyboard.type('BERT ^');
		// A line beside another one takes up no room of its own.
		await page.locator('.cm-line', { hasText: 'BERT' }).waitFor({ state: 'attached' });
		await page.locator('.cm-line', { hasText: 'End.' }).click();
		await page.keyboard.press('ArrowUp');
		await page.keyboard.press('ArrowUp');
		await page.keyboard.press('End');
		await page.keyboard.type(' Never.');
		await sees(page, 'tonight. Never.');

		// They stay beside each other while the first grows, and part when the sign goes.
		await page.locator('.cm-line', { hasText: 'Yes, yes' }).click({ position: { x: 170, y: 10 } });
		await page.keyboard.press('End');
		await page.keyboard.type(
			' I say yes, and I say it again and again, until the lamp is lit and the boat is home and dry, all of it.',
		);
		await expect.poll(() => distance('ANNA', 'BERT')).toBe(0);
		await expect
			.poll(async () => Math.round((await boxOf('End.')).top - (await boxOf('Yes, yes')).bottom))
			.toBeLessThan(36);
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('ControlOrMeta+Alt+d');
		await expect.poll(() => distance('ANNA', 'BERT')).toBeGreaterThan(40);
	});
	it('numbers a scene at both sides, and tells the page too where one begins with a heading', async () => {
		const { page } = await writer(`${begin}===\n\nEXT. SEA - DAY #7A#\n\nWaves.\n`);
		const signs = (words: string): Promise<string[]> =>
			page
				.locator('.cm-line.sp-scene-heading', { hasText: words })
				.evaluate((line) => ['::before', '::after'].map((side) => getComputedStyle(line, side).content));
		expect(await signs('LIGHTHOUSE')).toEqual(['"1"', '"1"']);
		const first = page.locator('.cm-line.sp-scene-heading').first();
		const beside = await first.evaluate((line) => getComputedStyle(line, '::after').top);
		expect(beside, 'the right number stands on the line of its heading').toBe('0px');
		await expect.poll(() => signs('SEA')).toEqual(['"7A"', expect.stringMatching(/^"2\..*7A"$/)]);
	});
});

describe('writing together', () => {
	it('shows half-typed pinyin to nobody, and an edit of the same line does not break it', async () => {
		const { one, other } = await writers('INT. A - DAY\n\nShe says .\n');
		const session = await one.context().newCDPSession(one);
		const line = one.locator('.cm-line', { hasText: 'She says' });
		await line.click();
		await one.keyboard.press('End');
		await one.keyboard.press('ArrowLeft');
		await compose(session, 'n');
		await compose(session, 'ni h');
		await sees(one, 'She says ni h.');
		await one.locator('[data-testid="save-mark"][data-state="saving"]').waitFor();
		await other.locator('.cm-line', { hasText: 'She says' }).click();
		await other.keyboard.press('Home');
		await other.keyboard.type('Then ');
		await other.keyboard.press('End');
		await other.keyboard.type(' Slowly.');
		await other.locator('.cm-line', { hasText: 'INT. A' }).click();
		await other.keyboard.press('End');
		await other.keyboard.type('TIME');
		// What is written elsewhere or on the line itself breaks nothing, and nobody sees the pinyin.
		expect(await textOf(other)).toBe('INT. A - DAYTIME\n\nThen She says . Slowly.\n');
		await compose(session, 'ni hao');
		await sees(one, 'ni hao');
		await session.send('Input.insertText', { text: '你好' });
		await sees(one, 'Then She says 你好. Slowly.');
		await sees(other, 'Then She says 你好. Slowly.');
		await saved(one);
		expect(await textOf(one)).toBe(await textOf(other));
	});
	it('keeps what is composed when somebody else deletes the words around it or writes right beside it', async () => {
		const { one, other } = await writers('INT. A - DAY\n\nOne two three.\n\nEnd.\n');
		const session = await one.context().newCDPSession(one);
		await one.locator('.cm-line', { hasText: 'One two' }).click();
		await one.keyboard.press('Home');
		for (let letter = 0; letter < 4; letter++) await one.keyboard.press('ArrowRight');
		await compose(session, 'ka');
		await sees(one, 'One katwo three.');
		await other.locator('.cm-line', { hasText: 'One two' }).click();
		await other.keyboard.press('Home');
		for (let letter = 0; letter < 4; letter++) await other.keyboard.press('ArrowRight');
		await other.keyboard.type('X');
		await saved(other);
		await compose(session, 'かん');
		await other.keyboard.press('Shift+End');
		await other.keyboard.press('Delete');
		await other.keyboard.press('Shift+Home');
		await other.keyboard.press('Delete');
		await saved(other);
		await compose(session, 'かんじ');
		await session.send('Input.insertText', { text: '漢字' });
		await sees(other, '漢字');
		await saved(one);
		expect(await textOf(one)).toBe(await textOf(other));
		expect((await textOf(other)).match(/漢字/g)).toHaveLength(1);
		expect(await textOf(other)).not.toMatch(/ka|かん/);
	});
	it('takes back only what one has done oneself, also after the other side was loaded anew', async () => {
		const { one, other, id } = await writers();
		await writeAtEnd(one);
		await one.keyboard.insertText('Mine.');
		await sees(other, 'Mine.');
		await openScript(other, id);
		await writeAtEnd(other);
		await other.keyboard.insertText(' Theirs.');
		await sees(one, 'Mine. Theirs.');
		await one.keyboard.press('ControlOrMeta+z');
		await other.waitForFunction(() => !document.querySelector('.cm-content')?.textContent.includes('Mine.'));
		expect(await textOf(other)).toBe(`${begin} Theirs.`);
		await one.keyboard.press('ControlOrMeta+Shift+Z');
		await sees(other, 'Mine. Theirs.');
	});
	it('has one history for script and board', async () => {
		const { page, id } = await writer();
		await writeAtEnd(page);
		await page.keyboard.insertText('First.');
		await page.getByTestId('tab-board').click();
		await page.locator('main').click();
		await page.keyboard.press('n');
		await page.getByTestId('board-cell').first().waitFor();
		await page.keyboard.press('Escape');
		await page.keyboard.press('ControlOrMeta+z');
		await page.getByTestId('board-cell').first().waitFor({ state: 'detached' });
		await page.keyboard.press('ControlOrMeta+z');
		await page.getByTestId('tab-script').click();
		await page.locator('.cm-line').first().waitFor();
		await page.waitForFunction(() => !document.querySelector('.cm-content')?.textContent.includes('First.'));
		expect(page.url()).toContain(id);
	});
	it('shows where the others write, with a name that fades', async () => {
		const { one, other } = await writers();
		await writeAtEnd(other);
		await other.keyboard.type('Hello');
		const caret = one.locator('.sp-caret');
		await caret.waitFor({ state: 'attached' });
		expect(await caret.getAttribute('data-name')).toBe('Ben');
		await one.waitForFunction(() => {
			const shown = document.querySelector('.sp-caret');
			return shown !== null && getComputedStyle(shown, '::after').opacity === '0';
		});
	});
});
