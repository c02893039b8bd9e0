import { answerJobs } from '@reelroom/shared/node/answer-jobs.ts';
import { cutEdit, sliceUpdate } from './cut-edit.ts';
import type { EditJobs } from './edit-job.ts';
import { foldUpdates } from './fold-updates.ts';
import { mergeUpdates } from './merge-updates.ts';

// The thread of large edits.
answerJobs<EditJobs>({
	cut: ({ update }) => cutEdit(update),
	slice: ({ update }) => sliceUpdate(update),
	merge: ({ updates }) => mergeUpdates(updates),
	fold: foldUpdates,
});
