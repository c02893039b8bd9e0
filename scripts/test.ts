// The whole test run: lint, types, then every Vitest project; the last line is `N passed, N failed`. Arguments go to Vitest and leave the checks out.
import { readFileSync, rmSync } from 'node:fs';
import { checks, root, runStep } from './steps.ts';

/** The part of Vitest's JSON report that is counted. */
interface Report {
	testResults: { name: string; status: string; assertionResults: { fullName: string; status: string }[] }[];
}

const resultFile = `${root}/test-results/vitest.json`;
const asked = process.argv.slice(2);
let passed = 0;
const failed: string[] = [];

if (asked.length === 0) {
	for (const step of checks) {
		console.log(`── ${step.title}`);
		if (await runStep(step)) passed++;
		else failed.push(step.title);
	}
}

console.log('── tests');
rmSync(resultFile, { force: true });
const vitest = [
	`${root}/node_modules/vitest/vitest.mjs`,
	'run',
	'--reporter=default',
	'--reporter=json',
	`--outputFile.json=${resultFile}`,
];
const clean = await runStep({
	title: 'tests',
	args: [...vitest, ...(asked.length === 0 ? ['--coverage'] : asked)],
	limitMs: 60 * 60_000,
});
let ran = 0;
try {
	const report = JSON.parse(readFileSync(resultFile, 'utf8')) as Report;
	for (const file of report.testResults) {
		// A file that cannot even be loaded has no tests of its own to fail.
		if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'))
			failed.push(file.name);
		for (const test of file.assertionResults) {
			if (test.status === 'passed') ran++;
			else if (test.status === 'failed') failed.push(test.fullName);
		}
	}
} catch (error) {
	failed.push(
		`the test run left no report: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
	);
}
passed += ran;
if (ran === 0 && failed.length === 0) failed.push('no test ran');
if (!clean && failed.length === 0) failed.push('the test run ended with an error');
for (const title of failed) console.log(`failed: ${title}`);
process.exitCode = failed.length === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed.length} failed`);
