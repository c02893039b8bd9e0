/** A place in a film as editors write it, hours:minutes:seconds:frames: `00:02:01:22` cannot be read as two hours. */
export function timecodeOf(frame: number, fps: number): string {
	const seconds = Math.floor(frame / fps);
	return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, Math.floor(frame % fps)]
		.map((part) => String(part).padStart(2, '0'))
		.join(':');
}
