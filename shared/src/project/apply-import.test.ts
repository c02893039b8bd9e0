import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { ShotContent } from '../board/shot.ts';
import { importChanges, planImport } from '../script/import-plan.ts';
import { scriptPartsOf } from '../script/match-scripts.ts';
import { applyImport } from './apply-import.ts';
import { addShot, readBoard, replaceScript, scriptOf } from './document.ts';
import { reconcileScenes } from './reconcile.ts';

const words =
	'river stone lantern crow winter engine letter window soldier garden mirror ladder harbour signal candle thunder'.split(
		' ',
	);
/** A scene of its own words, told by its number. */
const sceneText = (n: number): string =>
	`INT. PLACE ${n} - DAY\n\n${[0, 1, 2].map((line) => `The ${words[(n * 3 + line) % 16]} ${n} meets the ${words[(n * 5 + line + 1) % 16]} at number ${n * 10 + line}.`).join('\n\n')}\n\n`;
const title = 'Title: Film\n\n';
const content: ShotContent = {
	size: 'MS',
	angle: 'eye',
	move: 'static',
	characters: [],
	place: '',
	interior: true,
	timeOfDay: 'day',
	action: 'x',
	dialogue: [],
	prompt: '',
	durationFrames: 48,
	transition: 'cut',
};

function aDocument(text: string) {
	const doc = new Y.Doc();
	let count = 0;
	const newId = (): string => `id-${String(++count).padStart(8, '0')}`;
	const edit = { newId, origin: 'ada' };
	replaceScript(doc, 'ada', text);
	reconcileScenes(doc, newId);
	/** One shot over the second paragraph of every scene. */
	const shots = readBoard(doc).scenes.map((scene) => {
		const start = text.indexOf('\n\n', scene.start) + 2;
		return addShot(doc, edit, { sceneId: scene.id, content, range: { start, end: text.indexOf('\n\n', start) } });
	});
	const accept = (after: string, leave = new Set<number>()): void => {
		const before = scriptOf(doc).toString();
		applyImport(doc, edit, before, planImport({ before, after, leave, whole: false }));
	};
	const shotText = (id: string): string => {
		const shot = readBoard(doc)
			.scenes.flatMap((scene) => scene.shots)
			.find((one) => one.id === id);
		return scriptOf(doc)
			.toString()
			.slice(shot?.start ?? 0, shot?.end ?? 0);
	};
	return { doc, newId, shots, accept, shotText };
}
const kindsOf = (before: string, after: string): string[] =>
	importChanges(scriptPartsOf(before), scriptPartsOf(after))
		.filter(({ kind, moved }) => kind !== 'same' || moved)
		.map(({ kind, moved, after: to, before: from }) => `${moved ? 'moved ' : ''}${kind} ${from ?? '-'}>${to ?? '-'}`);
const film = (numbers: readonly number[], change: (n: number, text: string) => string = (_n, text) => text): string =>
	title + numbers.map((n) => change(n, sceneText(n))).join('');

describe('comparing a script with a changed one', () => {
	it('tells what moved, changed, is new, is omitted, and leaves the rest alone', () => {
		const before = film([1, 2, 3, 4, 5]);
		expect(kindsOf(before, before)).toEqual([]);
		expect(kindsOf(before, film([1, 4, 2, 3, 5]))).toEqual(['moved same 4>2']);
		expect(kindsOf(before, film([1, 2, 9, 3, 5]))).toEqual(['new ->3', 'omitted 4>-']);
		expect(
			kindsOf(
				before,
				film([1, 2, 3, 4, 5], (n, text) => (n === 3 ? text.replace('PLACE 3', 'CELLAR') : text)),
			),
		).toEqual(['changed 3>3']);
		expect(
			kindsOf(
				before,
				film([5, 1, 2, 3, 4], (n, text) => (n === 5 ? text.replace('meets', 'leaves') : text)),
			),
		).toEqual(['moved changed 5>1']);
	});
	it('knows a scene that was cut in two, and two that were joined', () => {
		const long = `${sceneText(2)}${sceneText(3).slice(sceneText(3).indexOf('\n\n') + 2)}`;
		const joined = `${title}${sceneText(1)}${long}`;
		const cut = film([1, 2, 3]);
		const split = importChanges(scriptPartsOf(joined), scriptPartsOf(cut)).find(({ kind }) => kind === 'new');
		expect([split?.after, split?.kin]).toEqual([3, 2]);
		const merged = importChanges(scriptPartsOf(cut), scriptPartsOf(joined)).find(({ kind }) => kind === 'omitted');
		expect([merged?.before, merged?.kin]).toEqual([3, 2]);
	});
	it('finds scenes of Chinese by their words', () => {
		const scene = (n: string, text: string): string => `内景 ${n} 夜\n\n${text}\n\n`;
		const before =
			scene('客厅', '老人坐在灯下，看着窗外的雨。') +
			scene('山脚', '愚公带着儿孙凿石挖土。') +
			scene('河湾', '智叟摇着扇子拦住去路。');
		const after =
			scene('河湾', '智叟摇着扇子拦住去路。') +
			scene('客厅', '老人坐在灯下，望着窗外的大雨。') +
			scene('山脚下', '愚公带着儿孙凿石挖土。');
		expect(kindsOf(before, after)).toEqual(['moved same 3>1', 'changed 1>2', 'changed 2>3']);
	});
	it('takes many scenes that are all alike in time that grows with their number', () => {
		const alike = 'INT. ROOM - DAY\n\nSnow.\n\n'.repeat(1500);
		const before = performance.now();
		importChanges(scriptPartsOf(alike), scriptPartsOf(`${alike}INT. END\n\nRain.\n`));
		expect(performance.now() - before).toBeLessThan(15_000);
	});
});

describe('accepting an import', () => {
	it('keeps the ids of scenes and shots wherever they went, and omits what is gone with its shots restorable', () => {
		const { doc, shots, accept, shotText } = aDocument(film([1, 2, 3, 4, 5]));
		const ids = readBoard(doc).scenes.map(({ id }) => id);
		const was = shots.map(shotText);
		const after = film([5, 1, 9, 3, 2], (n, text) =>
			n === 3 ? text.replace('PLACE 3', 'CELLAR').replace('number 32.', 'the end.') : text,
		);
		accept(after);
		expect(scriptOf(doc).toString()).toBe(after);
		const board = readBoard(doc);
		expect(board.scenes.map(({ id }) => ids.indexOf(id) + 1)).toEqual([5, 1, 0, 3, 2]);
		expect(board.omittedScenes.map(({ id }) => ids.indexOf(id) + 1)).toEqual([4]);
		for (const n of [1, 2, 3, 5]) expect(shotText(shots[n - 1] ?? '')).toBe(was[n - 1]);
		expect(board.omittedScenes[0]?.shots.map(({ id }) => id)).toEqual([shots[3]]);
		accept(film([1, 2, 3, 4, 5]));
		expect(readBoard(doc).scenes.map(({ id }) => ids.indexOf(id) + 1)).toEqual([1, 2, 3, 4, 5]);
	});
	it('brings shots to the scene in which their words stand after a scene was cut in two or joined', () => {
		const joined = `${title}${sceneText(1)}${sceneText(2)}${sceneText(3).slice(sceneText(3).indexOf('\n\n') + 2)}`;
		const { doc, shots, accept, shotText } = aDocument(film([1, 2, 3]));
		const was = shots.map(shotText);
		accept(joined);
		expect(readBoard(doc).scenes.map((scene) => scene.shots.map(({ id }) => shots.indexOf(id) + 1))).toEqual([
			[1],
			[2, 3],
		]);
		accept(film([1, 2, 3]));
		expect(readBoard(doc).scenes.map((scene) => scene.shots.map(({ id }) => shots.indexOf(id) + 1))).toEqual([
			[1],
			[2],
			[3],
		]);
		expect(shots.map(shotText)).toEqual(was);
	});
	it('leaves out what was not taken: those scenes stay as they are and where they were', () => {
		const before = film([1, 2, 3, 4]);
		const after = film([4, 1, 9, 3], (n, text) => (n === 3 ? text.replace('meets', 'leaves') : text));
		const changes = importChanges(scriptPartsOf(before), scriptPartsOf(after));
		const all = new Set(changes.keys());
		const kept = aDocument(before);
		kept.accept(after, all);
		expect(scriptOf(kept.doc).toString()).toBe(before);
		const some = aDocument(before);
		some.accept(after, new Set([...all].filter((place) => changes[place]?.kind !== 'changed')));
		expect(scriptOf(some.doc).toString()).toBe(before.replace(sceneText(3), sceneText(3).replace('meets', 'leaves')));
	});
	it('keeps every scene that is in both, for any order and any scenes gone and come, and nothing of a title page is lost', () => {
		const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });
		fc.assert(
			fc.property(numbers, numbers, (old, fresh) => {
				const { doc, shots, accept, shotText } = aDocument(film(old));
				const idOf = new Map(readBoard(doc).scenes.map(({ id }, at) => [old[at], id]));
				const was = shots.map(shotText);
				const after = film(fresh).slice(title.length);
				accept(after);
				expect(scriptOf(doc).toString()).toBe(title + after);
				readBoard(doc).scenes.forEach(({ id }, at) => {
					const n = fresh[at];
					if (n !== undefined && idOf.has(n)) expect(id).toBe(idOf.get(n));
				});
				old.forEach((n, at) => {
					if (fresh.includes(n)) expect(shotText(shots[at] ?? '')).toBe(was[at]);
				});
				expect(reconcileScenes(doc, () => 'id-none-0001')).toBe(false);
			}),
			{ numRuns: 150 },
		);
	});
	it('merges with what others type at the same time', () => {
		const { doc, accept } = aDocument(film([1, 2, 3, 4]));
		const other = new Y.Doc();
		Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
		const at = scriptOf(other).toString().indexOf('PLACE 2');
		scriptOf(other).insert(at, 'DARK ');
		accept(film([1, 2, 4, 3], (n, text) => (n === 2 ? text.replace('meets', 'leaves') : text)));
		Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
		const text = scriptOf(doc).toString();
		expect(text).toContain('INT. DARK PLACE 2');
		expect(text.match(/leaves/g)?.length).toBe(3 - 2);
	});
});
