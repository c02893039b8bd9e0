import type * as Y from 'yjs';
import { applyImport } from '@reelroom/shared/project/apply-import.ts';
import { scriptOf, type Edit } from '@reelroom/shared/project/document.ts';
import { reconcileScenes } from '@reelroom/shared/project/reconcile.ts';
import type { ImportPlan } from '@reelroom/shared/script/import-plan.ts';
import { openFrozen } from '@reelroom/shared/version/authors.ts';
import { restoreVersion } from '@reelroom/shared/version/restore.ts';

/** The project as it was when an import was proposed for it. */
export type Proposed = {
	update: Uint8Array;
	/** Set by whoever carries it out first: a proposal is carried out once. */
	isTaken: boolean;
};

/** Proposals that nobody accepts are forgotten, the oldest first, when together they take more than this. */
const mostBytes = 32 * 1024 * 1024;

/** Remembers of each proposal what it was made for, by project and digest of the words. One that is forgotten can be made anew. */
export function createProposals() {
	const proposals = new Map<string, Proposed>();
	let bytes = 0;
	const keyOf = (projectId: string, base: string): string => `${projectId}/${base}`;
	function forget(key: string): void {
		bytes -= proposals.get(key)?.update.length ?? 0;
		proposals.delete(key);
	}
	return {
		remember(projectId: string, base: string, update: Uint8Array): void {
			const key = keyOf(projectId, base);
			forget(key);
			proposals.set(key, { update, isTaken: false });
			bytes += update.length;
			for (const oldest of proposals.keys()) {
				if (bytes <= mostBytes) break;
				forget(oldest);
			}
		},
		find: (projectId: string, base: string): Proposed | undefined => proposals.get(keyOf(projectId, base)),
	};
}

/** The words that a proposal was made for. */
export function wordsOf({ update }: Proposed): string {
	const doc = openFrozen(update);
	const text = scriptOf(doc).toString();
	doc.destroy();
	return text;
}

/**
 * Carries an import out on a script in which others have typed since it was proposed: what it changes in the words it was proposed for is
 * changed in those that are there now, and what others wrote stays.
 */
export function carryImport(doc: Y.Doc, edit: Edit, { update }: Proposed, plan: ImportPlan): void {
	const [since, target] = [openFrozen(update), openFrozen(update)];
	applyImport(target, edit, scriptOf(since).toString(), plan);
	restoreVersion(doc, { origin: edit.origin, target, since });
	reconcileScenes(doc, edit.newId);
	since.destroy();
	target.destroy();
}
