import type { Daylight, Palette } from './scene.ts';

/** Sky, ambient light, haze and key light per time of day. */
export const daylights: Record<Daylight, Palette> = {
	day: { sky: ['#5f9fd0', '#d8ecf2'], ambient: [1, 0.99, 0.96], haze: '#cfe0e6', key: [255, 244, 220] },
	morning: { sky: ['#7aa9d6', '#f6e6cc'], ambient: [0.98, 0.92, 0.86], haze: '#e8dccb', key: [255, 226, 180] },
	dawn: { sky: ['#7f8fc0', '#ffd2b0'], ambient: [0.92, 0.82, 0.82], haze: '#f2cfc0', key: [255, 205, 160] },
	dusk: { sky: ['#4a4a86', '#ff9a5a'], ambient: [0.78, 0.6, 0.6], haze: '#e59a74', key: [255, 160, 90] },
	evening: { sky: ['#2b2f66', '#c9768a'], ambient: [0.56, 0.48, 0.62], haze: '#8d6a8e', key: [235, 160, 150] },
	night: { sky: ['#0d1630', '#2e4673'], ambient: [0.34, 0.41, 0.6], haze: '#2b4068', key: [165, 192, 240] },
};
