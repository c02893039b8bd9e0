import { createHash } from 'node:crypto';
import { limits } from '@reelroom/shared/limits.ts';
import { applyImport } from '@reelroom/shared/project/apply-import.ts';
import { readBoard, replaceScript, scriptOf } from '@reelroom/shared/project/document.ts';
import { reconcileScenes } from '@reelroom/shared/project/reconcile.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { ImportReply, ProposedChange } from '@reelroom/shared/script/api.ts';
import { parseFountain } from '@reelroom/shared/script/fountain.ts';
import type { ImportChange, ImportInput, ImportPlan } from '@reelroom/shared/script/import-plan.ts';
import { scriptPartsOf } from '@reelroom/shared/script/match-scripts.ts';
import { hasTooManyLines } from '@reelroom/shared/script/read-part.ts';
import { scenesOf } from '@reelroom/shared/script/scenes.ts';
import type { ScriptFile } from '@reelroom/shared/script/script-file.ts';
import * as Y from 'yjs';
import type { Documents } from '../live/documents-port.ts';
import { carryImport, createProposals, wordsOf, type Proposed } from './proposals.ts';

type Done = { characters: number; scenes: number };
type File = { bytes: Uint8Array; name: string };

export type ImportScript = ReturnType<typeof createImportScript>;

export type ImportScriptDeps = {
	documents: Documents;
	/** Makes Fountain of a file of any kind. */
	readFile: (file: File) => Promise<ScriptFile>;
	/** Finds the scenes of one text in another. */
	compare: (input: { before: string; after: string }) => Promise<ImportChange[]>;
	plan: (input: ImportInput) => Promise<ImportPlan>;
	/** Keeps the project as it is before it is changed. */
	keep: (projectId: string, input: { kind: 'import'; name: string; by: string }) => Promise<{ id: string }>;
	newId: () => string;
};

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Brings script files into projects. A file that is no script changes nothing. A script that has words is only changed by an import that was shown
 * as a proposal for its words, after a version of it was kept. What others typed since the proposal stays; where nobody knows any more what the
 * script was then it is `script-changed`, as it is for whoever accepts a proposal the second time.
 */
export function createImportScript({ documents, readFile, compare, plan, keep, newId }: ImportScriptDeps) {
	async function read(file: File): Promise<ScriptFile> {
		const script = await readFile(file);
		if (hasTooManyLines(script.text))
			throw new Problem('too-large', `A script may have up to ${limits.linesPerScript} lines`);
		if (scenesOf(parseFountain(script.text)).length > limits.scenesPerScript)
			throw new Problem('too-large', `A script may have up to ${limits.scenesPerScript} scenes`);
		return script;
	}
	const proposals = createProposals();
	const textOf = (projectId: string): Promise<string> => documents.read(projectId, (doc) => scriptOf(doc).toString());
	const done = (doc: Y.Doc): Done => ({
		characters: scriptOf(doc).length,
		scenes: readBoard(doc).scenes.length,
	});

	/** Puts a script where none is; false when somebody was first. */
	function fill(projectId: string, by: string, text: string): Promise<Done | null> {
		return documents.edit(projectId, by, (doc) => {
			if (scriptOf(doc).toString().trim() !== '') return null;
			replaceScript(doc, by, text);
			// At once, so that whoever reads next finds the scenes of this text.
			reconcileScenes(doc, newId);
			return done(doc);
		});
	}

	async function change(
		projectId: string,
		by: string,
		{ name, proposed, ...input }: ImportInput & { name: string; proposed?: Proposed | undefined },
	): Promise<Done & { clientId: number }> {
		const made = await plan(input);
		if (Buffer.byteLength(made.text) > limits.scriptBytes)
			throw new Problem('too-large', `A script may have up to ${limits.scriptBytes} bytes`);
		await keep(projectId, { kind: 'import', name: `Before import of ${name || 'a file'}`.slice(0, 120), by });
		return documents.edit(projectId, by, (doc) => {
			const isAsProposed = scriptOf(doc).toString() === input.before;
			if (proposed?.isTaken === true || (!isAsProposed && proposed === undefined)) throw new Problem('script-changed');
			const edit = { newId, origin: by };
			if (proposed === undefined || isAsProposed) applyImport(doc, edit, input.before, made);
			else carryImport(doc, edit, proposed, made);
			if (proposed !== undefined) proposed.isTaken = true;
			return { ...done(doc), clientId: doc.clientID };
		});
	}

	return {
		/** Reads a file into a project: at once where there is no script yet, with `replace` in place of the one there is. */
		async put(projectId: string, file: File, { replace, by }: { replace: boolean; by: string }): Promise<Done> {
			const { text } = await read(file);
			const filled = await fill(projectId, by, text);
			if (filled !== null) return filled;
			if (!replace) throw new Problem('script-not-empty');
			const before = await textOf(projectId);
			const { clientId: _clientId, ...result } = await change(projectId, by, {
				before,
				after: text,
				name: file.name,
				leave: new Set(),
				whole: true,
			});
			return result;
		},
		/** Reads a file into an empty project, or says what it would change in the script there is; that changes nothing. */
		async propose(projectId: string, file: File, { by }: { by: string }): Promise<ImportReply> {
			const { text, kind, encoding } = await read(file);
			const filled = await fill(projectId, by, text);
			if (filled !== null) return { status: 'imported', kind, encoding, ...filled };
			const { before, scenes, update } = await documents.read(projectId, (doc) => ({
				before: scriptOf(doc).toString(),
				scenes: readBoard(doc).scenes,
				update: Y.encodeStateAsUpdate(doc),
			}));
			const base = digestOf(before);
			proposals.remember(projectId, base, update);
			const changes = await compare({ before, after: text });
			const old = scriptPartsOf(before);
			const fresh = scriptPartsOf(text);
			const sceneAt = new Map(scenes.map((scene) => [scene.start, scene]));
			return {
				status: 'proposed',
				kind,
				encoding,
				base,
				changes: changes.map(({ kind: what, moved, before: from, after: to, kin }): ProposedChange => {
					const [left, right] = [from === null ? undefined : old[from], to === null ? undefined : fresh[to]];
					const scene = left === undefined ? undefined : sceneAt.get(left.start);
					const differs = what !== 'same';
					return {
						kind: what,
						moved,
						front: (from ?? to) === 0,
						heading: (right ?? left)?.heading ?? '',
						headingBefore:
							left === undefined || right === undefined || left.heading === right.heading ? null : left.heading,
						number: scene?.number ?? null,
						shots: scene?.shots.length ?? 0,
						kin: kin === null ? null : ((what === 'new' ? old : fresh)[kin]?.heading ?? null),
						before: differs ? (left?.text ?? '') : null,
						after: differs ? (right?.text ?? '') : null,
					};
				}),
			};
		},
		/** Carries out what was proposed for the script as it was then; the changes in `leave` are left out. */
		async accept(
			projectId: string,
			file: File,
			{ base, leave, by }: { base: string; leave: ReadonlySet<number>; by: string },
		): Promise<Done & { clientId: number }> {
			const { text } = await read(file);
			const proposed = proposals.find(projectId, base);
			if (proposed?.isTaken === true) throw new Problem('script-changed');
			const before = proposed === undefined ? await textOf(projectId) : wordsOf(proposed);
			if (digestOf(before) !== base) throw new Problem('script-changed');
			return change(projectId, by, { before, after: text, name: file.name, leave, whole: false, proposed });
		},
	};
}
