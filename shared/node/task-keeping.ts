import * as z from 'zod';

/** How long tasks that have ended are listed, in days; 0 for ever. The worker cleans up, the server tells people. */
export const TaskKeepDays = z.coerce
	.number()
	.int()
	.min(0)
	.max(3_650)
	.default(90)
	.describe('Tasks that ended so many days ago are taken off the lists; what they made stays. 0 keeps them for ever.');
