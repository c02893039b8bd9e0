// Format, lint with import directions, and types: `npm run check`.
import { checks, runStep } from './steps.ts';

const failed: string[] = [];
for (const step of checks) {
	console.log(`── ${step.title}`);
	if (!(await runStep(step))) failed.push(step.title);
}
console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
