import { parentPort } from 'node:worker_threads';
import { Problem } from '@reelroom/shared/problem.ts';
import type { ScriptAnswer, ScriptJob } from './script-job.ts';

async function work(job: ScriptJob): Promise<unknown> {
	switch (job.name) {
		case 'read': {
			const { readScriptFile } = await import('./read-script-file.ts');
			return readScriptFile(job.input.bytes, job.input.name);
		}
		case 'compare': {
			const { compareScripts } = await import('@reelroom/shared/script/import-plan.ts');
			return compareScripts(job.input.before, job.input.after);
		}
		case 'plan': {
			const { planImport } = await import('@reelroom/shared/script/import-plan.ts');
			return planImport(job.input);
		}
		case 'fdx': {
			const { formatFdx } = await import('@reelroom/shared/script/format-fdx.ts');
			return new TextEncoder().encode(formatFdx(job.input.text));
		}
		case 'pdf': {
			const { formatPdf } = await import('./format-pdf.ts');
			return formatPdf(job.input);
		}
	}
}

async function answer(job: ScriptJob): Promise<ScriptAnswer> {
	try {
		return { result: await work(job) };
	} catch (error) {
		if (error instanceof Problem) return { problem: { code: error.code, detail: error.detail } };
		return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
	}
}

// The thread of script files: one job after the other, each answered exactly once.
parentPort?.on('message', (job: ScriptJob) => {
	void answer(job).then((reply) => parentPort?.postMessage(reply));
});
