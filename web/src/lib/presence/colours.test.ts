import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

describe('the colours of people', () => {
	it('are twelve that differ, and none that could be taken for one’s own choice', async () => {
		const tokens = await readFile(new URL('../ui/tokens.css', import.meta.url), 'utf8');
		const hues = [...tokens.matchAll(/--p\d+: oklch\(\S+ \S+ (\d+)\)/g)].map(([, hue]) => Number(hue));
		const accents = [...(/--accent: (.*)/.exec(tokens)?.[1] ?? '').matchAll(/oklch\(\S+ \S+ (\d+)\)/g)];
		const apart = (a: number, b: number): number => Math.min((a - b + 360) % 360, (b - a + 360) % 360);
		expect(hues).toHaveLength(12);
		expect(accents).toHaveLength(2);
		for (const hue of hues) {
			for (const [, accent] of accents) expect(apart(hue, Number(accent))).toBeGreaterThan(30);
			for (const other of hues) if (other !== hue) expect(apart(hue, other)).toBeGreaterThan(20);
		}
	});
});
