import sharp from 'sharp';

/** A picture to try things with: a plain scene with light, a horizon and something that stands in it. */
export async function testPicture(): Promise<Uint8Array> {
	const [width, height] = [640, 360];
	const pixels = Buffer.alloc(width * height * 3);
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++) {
			const isGround = y > height * 0.62;
			const isSun = (x - 470) ** 2 + (y - 110) ** 2 < 45 ** 2;
			const isHouse = x > 130 && x < 290 && y > 150 && y < 250 && !(x > 190 && x < 225 && y > 195);
			const light = Math.round((y / height) * 90);
			const colour = isSun
				? [250, 220, 150]
				: isHouse
					? [120, 82, 70]
					: isGround
						? [70, 96 + light / 3, 66]
						: [90 + light, 140 + light / 2, 190];
			colour.forEach((value, channel) => (pixels[(y * width + x) * 3 + channel] = value));
		}
	return sharp(pixels, { raw: { width, height, channels: 3 } })
		.png()
		.toBuffer();
}
