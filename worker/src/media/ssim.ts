/** Side of the windows that are compared, in pixels, and how far apart they begin. */
const windowPx = 8;
const stridePx = 4;
const c1 = (0.01 * 255) ** 2;
const c2 = (0.03 * 255) ** 2;

export type Pixels = { data: Uint8Array; width: number; height: number; channels: number };

/** Structural similarity of one window of one channel. */
function windowSsim(a: Pixels, b: Pixels, { x, y, channel }: { x: number; y: number; channel: number }): number {
	let [sumA, sumB, sumAA, sumBB, sumAB, n] = [0, 0, 0, 0, 0, 0];
	for (let row = y; row < Math.min(a.height, y + windowPx); row++)
		for (let column = x; column < Math.min(a.width, x + windowPx); column++) {
			const at = (row * a.width + column) * a.channels + channel;
			const [one, other] = [a.data[at] ?? 0, b.data[at] ?? 0];
			sumA += one;
			sumB += other;
			sumAA += one * one;
			sumBB += other * other;
			sumAB += one * other;
			n++;
		}
	const [meanA, meanB] = [sumA / n, sumB / n];
	const [varianceA, varianceB] = [sumAA / n - meanA * meanA, sumBB / n - meanB * meanB];
	const covariance = sumAB / n - meanA * meanB;
	return (
		((2 * meanA * meanB + c1) * (2 * covariance + c2)) /
		((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2))
	);
}

/** Structural similarity (SSIM) of two pictures of one size: the mean over windows of 8 × 8, of all channels the least; 1 is the same, never below 0. */
export function ssim(a: Pixels, b: Pixels): number {
	const channels = Array.from({ length: a.channels }, (_, channel) => {
		let [sum, n] = [0, 0];
		for (let y = 0; y === 0 || y + windowPx <= a.height; y += stridePx)
			for (let x = 0; x === 0 || x + windowPx <= a.width; x += stridePx) {
				sum += windowSsim(a, b, { x, y, channel });
				n++;
			}
		return sum / n;
	});
	return Math.max(0, Math.min(1, ...channels));
}
