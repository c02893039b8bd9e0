/**
 * Tells ffmpeg's progress one at a time: while one is being told, only the latest of the others is kept. `done` rejects with what the first failed
 * telling said; `onFailure` hears it at once.
 */
export function tellLatest(tell: (frames: number) => Promise<void>, onFailure: (error: unknown) => void = () => {}) {
	let pending: Promise<void> = Promise.resolve();
	let latest = 0;
	let busy = false;
	let failure: { error: unknown } | null = null;
	const flush = async (): Promise<void> => {
		let told = -1;
		while (told !== latest) {
			told = latest;
			await tell(told);
		}
	};
	return {
		tell: (frames: number): void => {
			latest = Math.max(latest, frames);
			if (busy || failure !== null) return;
			busy = true;
			pending = flush().then(
				() => void (busy = false),
				(error: unknown) => {
					failure = { error };
					busy = false;
					onFailure(error);
				},
			);
		},
		done: async (): Promise<void> => {
			await pending;
			if (failure !== null) throw failure.error;
		},
	};
}
