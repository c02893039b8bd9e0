import { answerJobs } from '@reelroom/shared/node/answer-jobs.ts';
import { cutEdit } from './cut-edit.ts';
import type { EditJobs } from './edit-job.ts';
import { mergeUpdates } from './merge-updates.ts';

// The thread of large edits.
answerJobs<EditJobs>({
	cut: ({ update }) => cutEdit(update),
	merge: ({ updates }) => mergeUpdates(updates),
});
