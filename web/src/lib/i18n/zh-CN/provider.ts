import type { provider as en } from '../en/provider.ts';

export const provider: typeof en = {
	drawnBy: '由谁绘制',
};
