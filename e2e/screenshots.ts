// Makes the pictures of the README from the running product: node e2e/screenshots.ts
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { Page } from 'playwright-core';
import { breakDown, charactersOf } from '@reelroom/shared/script/break-down.ts';
import type { styleNames } from '@reelroom/shared/style/style.ts';
import { noFiles } from '@reelroom/worker/provider/provider.ts';
import { createSketchProvider } from '@reelroom/worker/provider/sketch/sketch.ts';
import { readFile } from 'node:fs/promises';
import { joinByInvite, openHouse, signUp } from './house.ts';

const folder = join(dirname(import.meta.dirname), 'docs/images');
await mkdir(folder, { recursive: true });
const keep = async (page: Page, name: string) =>
	void (await sharp(await page.screenshot())
		.webp({ quality: 86 })
		.toFile(join(folder, `${name}.webp`)));
const drawn = (page: Page) =>
	page.waitForFunction(
		() =>
			document.querySelectorAll('[data-testid="board-cell"]').length > 20 &&
			document.querySelectorAll('[data-testid="board-cell"]:not([data-state="picture"])').length === 0,
		undefined,
		{ timeout: 120_000 },
	);
const pictures = (page: Page) =>
	page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));

const house = await openHouse({ samples: 2 });
try {
	const { page } = await house.visitor({ colorScheme: 'dark' });
	await signUp(page, house.url, 'Mei');
	await page.getByTestId('project-card').filter({ hasText: 'The Little Match Girl' }).click();
	await drawn(page);
	await page.getByRole('button', { name: 'Dismiss' }).click();
	const { page: second } = await house.visitor({ colorScheme: 'dark' });
	await signUp(second, house.url, 'Akua');
	await joinByInvite(page, house.url, second);

	// The board: two people on it, takes of a shot, notes, and a scene that forms.
	await second.getByTestId('board-cell').nth(1).click();
	await second.getByTestId('note-field').fill('Could the lamp on the left be out? She should be the only light.');
	await second.getByTestId('note-field-send').click();
	await second.getByTestId('board-cell').nth(3).click();
	await page.getByTestId('board-cell').nth(1).click();
	for (const number of [2, 3]) {
		await page.getByTestId('generate-shot').click();
		await page
			.getByTestId('take')
			.nth(number - 1)
			.waitFor();
	}
	await page.getByTestId('generate-scene').nth(1).click();
	await page.locator('[data-testid="board-cell"][data-state="forming"] img').first().waitFor();
	await pictures(page);
	await keep(page, 'board');
	await drawn(page);

	// The script: both write in it.
	await second.getByTestId('tab-script').click();
	await page.getByTestId('tab-script').click();
	const line = (of: Page, words: string) => of.locator('.cm-line', { hasText: words }).first();
	await page.getByRole('button', { name: '1 Market street' }).first().click();
	await line(second, 'walks against the crowd').click();
	await second.keyboard.press('End');
	await line(page, 'A penny a bundle').click();
	await page.keyboard.press('End');
	await second.keyboard.press('Shift+Home');
	await keep(page, 'script');

	await page.getByTestId('tab-film').click();
	await page.getByTestId('play').first().click();
	await page.waitForFunction(
		() => /Matches/.test(document.querySelector('[data-testid="player"]')?.textContent ?? ''),
		undefined,
		{ timeout: 60_000 },
	);
	await page.getByTestId('play').first().click();
	await pictures(page);
	await keep(page, 'film');

	// The film that is shared: a guest has something to say.
	await page.getByTestId('render-start').click();
	const film = page.getByTestId('film-item').first();
	await film.waitFor({ timeout: 240_000 });
	await film.getByTestId('share-kind').selectOption('comment');
	await film.getByTestId('film-share').click();
	const shared = new URL(await page.getByTestId('share-url').first().inputValue()).pathname;
	const { page: guest } = await house.visitor({ colorScheme: 'dark' });
	await guest.goto(house.url + shared);
	await guest.locator('input[name="guest-name"]').fill('Jonas');
	await guest.locator('video').evaluate(async (element) => {
		const video = element as HTMLVideoElement;
		if (video.readyState < 1)
			await new Promise((resolve) => video.addEventListener('loadedmetadata', resolve, { once: true }));
		const done = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
		video.currentTime = 17;
		await done;
	});
	await guest.getByTestId('film-note-field').fill('His hat is perfect. May he look back at her, just once?');
	await guest.getByTestId('pin-film').click();
	await guest.getByTestId('film-note-field-send').click();
	await guest.getByTestId('thread').first().waitFor();
	// Played and paused, the browser's own controls no longer turn.
	await guest.locator('video').evaluate(async (element) => {
		const video = element as HTMLVideoElement;
		await video.play();
		video.pause();
	});
	await guest.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 4);
	await keep(guest, 'share');
} finally {
	await house.close();
}

const text = await readFile(
	new URL('../shared/defaults/samples/the-little-match-girl.fountain', import.meta.url),
	'utf8',
);
const all = breakDown(text, { fps: 24 }).flatMap(({ shots }) => shots.map(({ content }) => content));
// Wide and near, hands and rooms: a shot for each style, and one style twice.
const shown = [
	[1, 'pencil'],
	[3, 'ink-wash'],
	[8, '3d'],
	[21, 'anime'],
	[20, 'noir'],
	[26, 'watercolour'],
	[15, 'papercut'],
	[25, 'ink-wash'],
] as const satisfies [number, (typeof styleNames)[number]][];
const sketch = createSketchProvider();
const tile = { width: 426, height: 240 };
const tiles = await Promise.all(
	shown.map(async ([place, style]) => {
		const shot = all[place];
		if (shot === undefined) throw new Error(`the sample has no shot ${place}`);
		const { bytes } = await sketch.make(
			{
				kind: 'text-to-image',
				label: '1B',
				shot,
				looks: charactersOf(text),
				style,
				seed: 11,
				widthPx: 1280,
				heightPx: 720,
			},
			{ signal: new AbortController().signal, onProgress: async () => {}, readFile: noFiles },
		);
		return sharp(bytes).resize(tile.width, tile.height).toBuffer();
	}),
);
await sharp({ create: { width: tile.width * 4, height: tile.height * 2, channels: 3, background: '#0b0b0d' } })
	.composite(
		tiles.map((input, index) => ({ input, left: (index % 4) * tile.width, top: Math.floor(index / 4) * tile.height })),
	)
	.webp({ quality: 86 })
	.toFile(join(folder, 'styles.webp'));
