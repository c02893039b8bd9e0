import * as Y from 'yjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addShot, editShot, moveShot, omitShot, readBoard, replaceScript, scriptOf } from '../project/document.ts';
import { reconcileScenes } from '../project/reconcile.ts';
import { authorRuns, openFrozen } from './authors.ts';
import { boardDiff } from './board-diff.ts';
import { diffTally, scriptDiff } from './script-diff.ts';
import { shotContent as content } from '../../testing/shot-content.ts';
const scenes = [
	'INT. ROOM - DAY\n\nAn old man waits.\n\n',
	'外景 山路 夜\n\n愚公挖山。\n\n',
	'EXT. SEA - DAWN\n\nWaves.\n\n',
];

function aProject() {
	let count = 0;
	const newId = () => `id-${String(++count).padStart(8, '0')}`;
	const doc = new Y.Doc();
	scriptOf(doc).insert(0, scenes.join(''));
	reconcileScenes(doc, newId);
	const edit = { newId, origin: 'mei' };
	const shots = readBoard(doc).scenes.map((scene) =>
		[1, 2].map(() => addShot(doc, edit, { sceneId: scene.id, content })),
	);
	return {
		doc,
		edit,
		shots,
		sceneIds: readBoard(doc).scenes.map(({ id }) => id),
		reconcile: () => reconcileScenes(doc, newId),
	};
}

describe('the difference of two boards', () => {
	it('is nothing between a board and itself', () => {
		const { doc } = aProject();
		expect(boardDiff(readBoard(doc), readBoard(doc))).toEqual([]);
	});

	it('names added, removed, moved and changed shots with their fields', () => {
		const { doc, edit, shots, sceneIds } = aProject();
		const before = readBoard(doc);
		const [[first = '', second = ''] = [], [third = ''] = []] = shots;
		editShot(doc, edit, first, { size: 'CU', characters: ['MEI'] });
		omitShot(doc, edit, second);
		moveShot(doc, edit, third, { sceneId: sceneIds[2] ?? '', after: null });
		const added = addShot(doc, edit, { sceneId: sceneIds[0] ?? '', content });
		const [room, sea] = boardDiff(before, readBoard(doc));
		expect(room).toMatchObject({ id: sceneIds[0], kind: 'kept' });
		expect(room?.shots.map(({ kind, id }) => [kind, id])).toEqual([
			['changed', first],
			['added', added],
			['removed', second],
		]);
		expect(room?.shots[0]).toMatchObject({
			moved: false,
			fields: [
				{ field: 'size', from: 'MS', to: 'CU' },
				{ field: 'characters', from: [], to: ['MEI'] },
			],
		});
		expect(sea?.shots).toMatchObject([{ id: third, kind: 'changed', moved: true, fields: [] }]);
	});

	it('names added, removed, moved and renamed scenes, the fewest as moved', () => {
		const { doc, sceneIds, reconcile } = aProject();
		const before = readBoard(doc);
		replaceScript(doc, 'mei', scenes.join('').replace('ROOM', 'HALL'));
		reconcile();
		const room = scenes[0]?.replace('ROOM', 'HALL') ?? '';
		replaceScript(doc, 'mei', `${scenes[2] ?? ''}${room}INT. NEW - DAY\n\nNew.\n`);
		reconcile();
		const changes = boardDiff(before, readBoard(doc));
		const [sea, hall] = [changes.find(({ id }) => id === sceneIds[2]), changes.find(({ id }) => id === sceneIds[0])];
		expect([sea?.moved, hall?.moved].filter(Boolean)).toHaveLength(1);
		expect(hall).toMatchObject({ kind: 'changed', renamed: true });
		expect(changes.filter(({ kind }) => kind === 'removed').map(({ id }) => id)).toEqual([sceneIds[1]]);
		expect(changes.filter(({ kind }) => kind === 'added').map(({ now }) => now?.heading)).toEqual(['INT. NEW - DAY']);
	});
});

describe('the difference of two scripts', () => {
	it('holds both texts, and says how much was written and taken away', () => {
		const parts = scriptDiff('愚公挖山。\nHe waits.\n', '愚公移山。\nHe waits here.\n');
		expect(parts.filter(({ kind }) => kind !== 'same')).toEqual([
			{ kind: 'removed', text: '挖' },
			{ kind: 'added', text: '移' },
			{ kind: 'added', text: ' here' },
		]);
		expect(diffTally(parts)).toEqual({ added: 5, removed: 1 });
		expect(scriptDiff('He has one red hat.\n', 'He has two big hats.\n')).toEqual([
			{ kind: 'same', text: 'He has ' },
			{ kind: 'removed', text: 'one red hat' },
			{ kind: 'added', text: 'two big hats' },
			{ kind: 'same', text: '.\n' },
		]);
		const text = fc
			.array(fc.constantFrom('他 ', 'a b\n', 'x', '\n', '。'), { maxLength: 20 })
			.map((list) => list.join(''));
		fc.assert(
			fc.property(text, text, (before, after) => {
				const all = scriptDiff(before, after);
				const of = (kind: string) =>
					all
						.filter((part) => part.kind !== kind)
						.map((part) => part.text)
						.join('');
				expect([of('added'), of('removed')]).toEqual([before, after]);
			}),
		);
	});
});

it('every letter of a version has the author who typed it', () => {
	const doc = new Y.Doc();
	const write = (clientId: number, at: number, text: string) => {
		doc.clientID = clientId;
		scriptOf(doc).insert(at, text);
	};
	write(1, 0, 'Hello world');
	write(2, 5, ', dear');
	write(3, 0, '?');
	scriptOf(doc).delete(1, 1);
	const frozen = openFrozen(Y.encodeStateAsUpdate(doc));
	const text = scriptOf(frozen).toString();
	const runs = authorRuns(
		frozen,
		new Map([
			[1, 'mei'],
			[2, 'ada'],
		]),
	);
	expect(runs.map(({ start, end, accountId }) => [text.slice(start, end), accountId])).toEqual([
		['?', null],
		['ello', 'mei'],
		[', dear', 'ada'],
		[' world', 'mei'],
	]);
});
