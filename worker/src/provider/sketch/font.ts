import { createRequire } from 'node:module';
import { GlobalFonts } from '@napi-rs/canvas';

export const fontFamily = 'Reelroom Sketch';
let registered = false;

/** Registers the shipped font once: a bare machine has none that knows Chinese. */
export function registerFont(): void {
	if (registered) return;
	const path = createRequire(import.meta.url).resolve(
		'@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf',
	);
	GlobalFonts.registerFromPath(path, fontFamily);
	registered = true;
}
