import type { ImportChange, ImportInput, ImportPlan } from '@reelroom/shared/script/import-plan.ts';
import type { ScriptFile } from '@reelroom/shared/script/script-file.ts';
import type { Paper } from '@reelroom/shared/script/api.ts';

/** What is done away from the main thread, because a large or hostile file would hold everybody up. */
export type ScriptJobs = {
	read: { input: { bytes: Uint8Array; name: string }; output: ScriptFile };
	compare: { input: { before: string; after: string }; output: ImportChange[] };
	plan: { input: ImportInput; output: ImportPlan };
	fdx: { input: { text: string }; output: Uint8Array };
	pdf: { input: { text: string; title: string; paper: Paper }; output: Uint8Array };
};
