import { answerJobs } from '@reelroom/shared/node/answer-jobs.ts';
import type { ScriptJobs } from './script-job.ts';

// The thread of script files.
answerJobs<ScriptJobs>({
	async read({ bytes, name }) {
		const { readScriptFile } = await import('./read-script-file.ts');
		return readScriptFile(bytes, name);
	},
	async compare({ before, after }) {
		const { compareScripts } = await import('@reelroom/shared/script/import-plan.ts');
		return compareScripts(before, after);
	},
	async plan(input) {
		const { planImport } = await import('@reelroom/shared/script/import-plan.ts');
		return planImport(input);
	},
	async fdx({ text }) {
		const { formatFdx } = await import('@reelroom/shared/script/format-fdx.ts');
		return new TextEncoder().encode(formatFdx(text));
	},
	async pdf(input) {
		const { formatPdf } = await import('./format-pdf.ts');
		return formatPdf(input);
	},
});
