/**
 * Where a clip of `length` seconds stands when its shot has run for so long: in the middle of its frame, so that no rounding shows the one before.
 * Where the clip is shorter than the shot, its last frame stands.
 */
export function clipTimeAt(seconds: number, length: number, frameSeconds: number): { at: number; isOver: boolean } {
	const last = Math.max(0, length - frameSeconds / 2);
	const at = seconds + frameSeconds / 2;
	return { at: Math.min(at, last), isOver: at >= last };
}
/** Whether a clip's own clock is so far from where it should be that it must be put right. */
export const isAstray = (currentTime: number, at: number, tolerance: number): boolean =>
	Math.abs(currentTime - at) > tolerance;
