import { Problem } from '@reelroom/shared/problem.ts';

/** What is said to somebody whose right has ended. */
const ended: ReadonlySet<string> = new Set<Problem['code']>(['not-found', 'not-allowed', 'share-ended']);

/** Whether asking again is still answered; what is refused has ended, what fails otherwise is no answer. */
export const stillAnswered = (ask: () => Promise<unknown>) => async (): Promise<boolean> => {
	try {
		await ask();
		return true;
	} catch (error) {
		if (error instanceof Problem && ended.has(error.code)) return false;
		throw error;
	}
};
