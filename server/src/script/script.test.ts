import { readFile } from 'node:fs/promises';
import * as Y from 'yjs';
import { expect, test } from 'vitest';
import { limits } from '@reelroom/shared/limits.ts';
import { readBoard, scriptOf } from '@reelroom/shared/project/document.ts';
import { reconcileScenes } from '@reelroom/shared/project/reconcile.ts';
import { compareScripts, planImport } from '@reelroom/shared/script/import-plan.ts';
import type { Documents } from '../live/documents-port.ts';
import { createBreakDowns } from './break-downs.ts';
import { createImportScript } from './import-script.ts';
import { readScriptFile } from './read-script-file.ts';

const sample = await readFile(new URL('../../../shared/defaults/samples/yugong-yishan.fountain', import.meta.url));
const by = { replace: false, by: 'ada-00001' };

function aProject() {
	const doc = new Y.Doc();
	let count = 0;
	const newId = () => `id-${String(++count).padStart(8, '0')}`;
	const documents: Documents = {
		async read(_projectId, read) {
			reconcileScenes(doc, newId);
			return read(doc);
		},
		async edit(_projectId, origin, edit) {
			reconcileScenes(doc, newId);
			return doc.transact(() => edit(doc), origin);
		},
		revoke: () => {},
		remove: async () => {},
	};
	const kept: string[] = [];
	const imports = createImportScript({
		documents,
		readFile: ({ bytes, name }) => readScriptFile(bytes, name),
		compare: async ({ before, after }) => compareScripts(before, after),
		plan: async (input) => planImport(input),
		keep: async (_projectId, { name }) => {
			kept.push(`${name}: ${scriptOf(doc).toString()}`);
			return { id: 'version-0001' };
		},
		newId,
	});
	return {
		doc,
		importScript: (projectId: string, bytes: Uint8Array, options: { replace: boolean; by: string }) =>
			imports.put(projectId, { bytes, name: '' }, options),
		kept,
		imports,
		breakDowns: createBreakDowns({ documents, fpsOf: async () => 24, newId }),
	};
}

test('a script that is imported has its scenes at once', async () => {
	const { doc, importScript } = aProject();
	const { characters, scenes } = await importScript('project-1', sample, by);
	expect(characters).toBe(scriptOf(doc).length);
	expect(readBoard(doc).scenes).toHaveLength(scenes);
	expect(scenes).toBeGreaterThan(1);
});

test('a script is replaced only when that was asked for, and bytes that are no script change nothing', async () => {
	const { doc, importScript } = aProject();
	await importScript('project-1', sample, by);
	const before = scriptOf(doc).toString();
	await expect(importScript('project-1', new TextEncoder().encode('INT. A\n'), by)).rejects.toMatchObject({
		code: 'script-not-empty',
	});
	await expect(
		importScript('project-1', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1), { ...by, replace: true }),
	).rejects.toMatchObject({ code: 'not-a-script' });
	expect(scriptOf(doc).toString()).toBe(before);
	await importScript('project-1', new TextEncoder().encode('INT. A\n'), { ...by, replace: true });
	expect(scriptOf(doc).toString()).toBe('INT. A\n');
});

test('an empty file wipes no script, and one with too many scenes or lines is refused', async () => {
	const { doc, importScript } = aProject();
	await importScript('project-1', sample, by);
	const before = scriptOf(doc).toString();
	for (const empty of ['', ' \r\n\ufeff '])
		await expect(
			importScript('project-1', new TextEncoder().encode(empty), { ...by, replace: true }),
		).rejects.toMatchObject({ code: 'not-a-script' });
	const flood = new TextEncoder().encode('INT. A\n\n'.repeat(limits.scenesPerScript + 1));
	await expect(importScript('project-1', flood, { ...by, replace: true })).rejects.toMatchObject({ code: 'too-large' });
	const lines = new TextEncoder().encode('a\n'.repeat(limits.linesPerScript + 1));
	await expect(importScript('project-1', lines, { ...by, replace: true })).rejects.toMatchObject({ code: 'too-large' });
	expect(scriptOf(doc).toString()).toBe(before);
});

test('a break-down of more shots than a board may have is refused and changes nothing', async () => {
	const { doc, importScript, breakDowns } = aProject();
	await importScript(
		'project-1',
		new TextEncoder().encode(
			`INT. A\n\n${'ANNA\nI have a great deal to tell you about all of this, so sit down.\n\n'.repeat(limits.shotsPerBoard + 1)}`,
		),
		by,
	);
	await expect(breakDowns.accept('project-1')).rejects.toMatchObject({ code: 'too-large' });
	expect(readBoard(doc).scenes.flatMap((scene) => scene.shots)).toEqual([]);
});

test('accepting a break-down fills the scenes as proposed, and a second time changes nothing', async () => {
	const { doc, importScript, breakDowns } = aProject();
	await expect(breakDowns.propose('project-1')).rejects.toMatchObject({ code: 'nothing-to-break-down' });
	await importScript('project-1', sample, by);
	const { scenes } = await breakDowns.propose('project-1');
	const first = scenes[0]?.sceneId ?? '';
	expect(await breakDowns.accept('project-1', [first])).toEqual({ scenes: 1, shots: scenes[0]?.shots.length });
	await breakDowns.accept('project-1');
	expect(readBoard(doc).scenes.map((scene) => scene.shots.map((shot) => shot.action))).toEqual(
		scenes.map((scene) => scene.shots.map((shot) => shot.action)),
	);
	expect(await breakDowns.accept('project-1')).toEqual({ scenes: 0, shots: 0 });
	expect((await breakDowns.propose('project-1')).scenes.every((scene) => scene.kept)).toBe(true);
});

test('an import is carried out while others type, once, and what they wrote stays', async () => {
	const { doc, imports, kept } = aProject();
	const file = (text: string) => ({ bytes: Buffer.from(text), name: 'new.fountain' });
	const before = 'INT. A - DAY\n\nSnow falls on the town.\n\nINT. B - DAY\n\nRain comes from the sea.\n';
	const after =
		'INT. A - DAY\n\nSnow falls on the old town.\n\nINT. C - DAY\n\nWind.\n\nINT. B - DAY\n\nRain comes from the sea.\n';
	await imports.propose('project-1', file(before), by);
	const [, sceneB] = readBoard(doc).scenes;
	const proposal = await imports.propose('project-1', file(after), by);
	if (proposal.status !== 'proposed') throw new Error('it was not proposed');
	const script = scriptOf(doc);
	script.insert(script.toString().indexOf('falls'), 'quietly ');
	script.insert(script.length, '\nA boat.\n');
	const acceptance = () =>
		imports.accept('project-1', file(after), { base: proposal.base, leave: new Set(), by: 'ada-00001' });
	expect((await acceptance()).scenes).toBe(3);
	expect(script.toString()).toBe(
		after.replace('falls', 'quietly falls').replace('from the sea.\n', 'from the sea.\n\nA boat.\n'),
	);
	expect(readBoard(doc).scenes.map(({ heading }) => heading)).toEqual(['INT. A - DAY', 'INT. C - DAY', 'INT. B - DAY']);
	expect(readBoard(doc).scenes[2]?.id).toBe(sceneB?.id);
	// What they had written is in the version that was kept first.
	expect(kept.at(-1)).toContain('A boat.');
	await expect(acceptance()).rejects.toMatchObject({ code: 'script-changed' });
});
