import { expect, test } from 'vitest';
import { createReport, formatBar } from './report.ts';

function sink(isTTY = false) {
	const texts: string[] = [];
	return { texts, isTTY, columns: 80, write: (text: string) => texts.push(text) };
}

test('a bar shows the part that is done and never leaves its bounds', () => {
	expect(formatBar(1, 4, 8)).toBe('[██······]  25 %');
	expect(formatBar(9, 4, 8)).toBe('[████████] 100 %');
	expect(formatBar(0, 0, 8)).toBe('[········]   0 %');
});

test('programs get one JSON line per step and none twice', () => {
	const out = sink();
	const report = createReport({ json: true, out, err: sink() });
	report.progress('generate', 1, 2);
	report.progress('generate', 1, 2);
	report.done({ out: 'a.mp4' }, 'a.mp4');
	expect(out.texts.map((text) => JSON.parse(text) as unknown)).toEqual([
		{ event: 'progress', stage: 'generate', done: 1, all: 2 },
		{ event: 'done', out: 'a.mp4', message: 'a.mp4' },
	]);
});

test('without a terminal there is no bar, and only the result is on standard output', () => {
	const [out, err] = [sink(), sink()];
	const report = createReport({ json: false, out, err });
	report.stage('generate', 'Drawing …');
	report.progress('generate', 1, 2);
	report.done({}, 'film.mp4');
	expect(err.texts).toEqual(['Drawing …\n']);
	expect(out.texts).toEqual(['film.mp4\n']);
});
