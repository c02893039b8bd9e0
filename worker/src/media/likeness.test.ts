import sharp from 'sharp';
import { expect, test } from 'vitest';
import { limits } from '@reelroom/shared/limits.ts';
import { likenessOf } from './likeness.ts';

/** A picture with something to see in it; `noise` is how far each pixel may be off, `hue` turns its colours. */
function aPicture({ noise = 0, hue = 0, shift = 0, width = 320, height = 180 } = {}): Promise<Buffer> {
	const data = Buffer.alloc(width * height * 3);
	let random = 7;
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++)
			for (let channel = 0; channel < 3; channel++) {
				random = (random * 1103515245 + 12345) % 2 ** 31;
				const wave = Math.sin((x + shift) / 17) * 60 + Math.cos(y / (11 + channel * 4)) * 50;
				const off = noise === 0 ? 0 : (random % (2 * noise)) - noise;
				data[(y * width + x) * 3 + channel] = Math.max(0, Math.min(255, 128 + wave + off));
			}
	const picture = sharp(data, { raw: { width, height, channels: 3 } });
	return (hue === 0 ? picture : picture.modulate({ hue })).png().toBuffer();
}
const likeness = async (other: Parameters<typeof aPicture>[0]) => likenessOf(await aPicture(), await aPicture(other));

test('the same pixels are one', async () => {
	expect(await likeness({})).toBe(1);
});

test('what nobody sees is the same to the eye', async () => {
	expect(await likeness({ noise: 2 })).toBeGreaterThan(limits.sameToTheEye);
	const webp = await sharp(await aPicture())
		.webp({ quality: 90 })
		.toBuffer();
	expect(await likenessOf(await aPicture(), webp)).toBeGreaterThan(limits.sameToTheEye);
});

test('another picture, other colours and heavy noise have drifted', async () => {
	for (const other of [{ shift: 24 }, { hue: 120 }, { noise: 60 }])
		expect(await likeness(other)).toBeLessThan(limits.sameToTheEye);
});

test('a picture of another size is compared all the same', async () => {
	expect(
		await likenessOf(
			await aPicture(),
			await sharp(await aPicture())
				.resize(640)
				.png()
				.toBuffer(),
		),
	).toBeGreaterThan(0.9);
});
