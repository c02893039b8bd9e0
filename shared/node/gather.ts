/**
 * Makes of a function that works on many things at once one that is called for each: whatever is asked while it works goes into its next call, all of it
 * together. One that is asked alone is worked on at once. Answers are in the order of what was asked; when a call fails, everybody in it is told.
 */
export function createGather<In, Out>(work: (items: In[]) => Promise<readonly Out[]>, most = 1_000) {
	let waiting: { item: In; done: (out: Out) => void; failed: (error: unknown) => void }[] = [];
	let working = false;
	const turn = async (): Promise<void> => {
		while (waiting.length > 0) {
			const batch = waiting.slice(0, most);
			waiting = waiting.slice(most);
			try {
				const outs = await work(batch.map(({ item }) => item));
				batch.forEach(({ done }, index) => done(outs[index] as Out));
			} catch (error) {
				for (const { failed } of batch) failed(error);
			}
		}
		working = false;
	};
	return (item: In): Promise<Out> =>
		new Promise((done, failed) => {
			waiting.push({ item, done, failed });
			if (working) return;
			working = true;
			// Whatever else is asked in this moment comes along.
			setImmediate(() => void turn());
		});
}
