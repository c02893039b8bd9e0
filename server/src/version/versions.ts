import { createHash } from 'node:crypto';
import type * as Y from 'yjs';
import { limits } from '@reelroom/shared/limits.ts';
import { accountOfOwner } from '@reelroom/shared/live/owner.ts';
import type { VersionRow, VersionStore } from '@reelroom/shared/node/stores/version-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { reconcileScenes } from '@reelroom/shared/project/reconcile.ts';
import { openFrozen } from '@reelroom/shared/version/authors.ts';
import { canonicalContent, tallyOf } from '@reelroom/shared/version/content.ts';
import { copySceneBack, restoreVersion } from '@reelroom/shared/version/restore.ts';
import { versionsToThin } from '@reelroom/shared/version/thin.ts';
import type { Author, Version, VersionContent, VersionKind } from '@reelroom/shared/version/version.ts';
import type { Actor } from '../http/on.ts';
import type { Documents, FreezeDocument } from '../live/documents-port.ts';
import { packUpdate, unpackUpdate } from './frozen-bytes.ts';
import { hasScene, isElsewhere, restorePair, type RestoreWish } from './restore-pair.ts';

export type VersionDeps = {
	store: VersionStore;
	freeze: FreezeDocument;
	edit: Documents['edit'];
	isProject: (projectId: string) => Promise<boolean>;
	/** Names of accounts by id. */
	namesOf: (ids: readonly string[]) => Promise<Map<string, string>>;
	onNamed: (named: { projectId: string; by: string; versionId: string; name: string }) => void;
	onRestored: (restored: {
		projectId: string;
		by: string;
		versionId: string;
		label: string | undefined;
		sceneId: string | undefined;
	}) => void;
	now: () => Date;
	newId: () => string;
};
export type KeepInput = {
	kind: VersionKind;
	name: string | null;
	by: string;
	/** Who edited since the version before, where that is known. */
	authors?: readonly string[];
	/** The newest version when an automatic one was begun; another one by now means that somebody else was first. */
	known?: string | null;
};

/** A restore takes no longer; that of a server that died is waited for no longer. */
const turnMs = 15_000;
const askAgainMs = 40;

export type Versions = ReturnType<typeof createVersions>;

/**
 * The history of projects. What a version holds was in the journal before the version was written, and it is written once and whole: whatever
 * dies in between leaves no version, never half of one, and never one that knows more than the journal. A document whose packed update would
 * not fit into one record keeps no versions: named ones are refused with `too-large`, and the document itself is untouched.
 */
export function createVersions({
	store,
	freeze,
	edit,
	isProject,
	namesOf,
	onNamed,
	onRestored,
	now,
	newId,
}: VersionDeps) {
	/** Freezes the live document and writes it; answers null when an automatic version would be the same as the last, or its twin was first. */
	async function write(projectId: string, input: KeepInput): Promise<{ row: VersionRow; update: Uint8Array } | null> {
		const { kind, name, by, authors = [by], known } = input;
		const newest = await store.newest(projectId);
		if (known !== undefined && (newest?._id ?? null) !== known) return null;
		const { update, owners, seen } = await freeze(projectId, (doc) => ({
			tally: tallyOf(doc),
			content: canonicalContent(doc),
		}));
		const digest = createHash('sha256').update(seen.content).digest('base64url');
		if (kind === 'automatic' && newest?.digest === digest) return null;
		const packed = await packUpdate(update);
		const row: VersionRow = {
			_id: newId(),
			projectId,
			kind,
			name,
			by,
			authors: [...authors],
			// Clocks of two servers differ; history does not run backwards.
			at: new Date(Math.max(now().getTime(), (newest?.at.getTime() ?? 0) + 1)),
			sizeBytes: packed.length,
			...seen.tally,
			digest,
			...(kind === 'automatic' ? { follows: newest?._id ?? '' } : {}),
		};
		if (!(await store.add(row, { update: packed, owners }))) return null;
		// Deleting a project makes it unreachable first and clears it after: one of the two sees the other.
		if (!(await isProject(projectId))) {
			await store.removeOfProject(projectId);
			throw new Problem('not-found');
		}
		return { row, update };
	}

	async function views(rows: readonly VersionRow[]): Promise<Version[]> {
		const names = await namesOf([...new Set(rows.flatMap((row) => [row.by, ...row.authors]))]);
		const author = (id: string): Author => ({ id, name: names.get(id) ?? '' });
		return rows.map(({ _id, by, authors, at, digest: _digest, follows: _follows, ...rest }) => ({
			...rest,
			id: _id,
			by: author(by),
			authors: authors.map(author),
			at: at.toISOString(),
		}));
	}
	async function view(row: VersionRow): Promise<Version> {
		const [version] = await views([row]);
		if (version === undefined) throw new Problem('internal');
		return version;
	}
	async function roomForNamed(projectId: string): Promise<void> {
		if ((await store.count(projectId, 'named')) >= limits.namedVersions)
			throw new Problem('too-large', `A project may have up to ${limits.namedVersions} named versions`);
	}
	/** The document of a version of this project. */
	async function open(row: VersionRow | null, projectId: string): Promise<Y.Doc> {
		const body = row === null || row.projectId !== projectId ? null : await store.body(row._id);
		if (body === null) throw new Problem('not-found');
		return openFrozen(await unpackUpdate(body.update));
	}
	async function readable(actor: Actor, id: string): Promise<VersionRow> {
		const row = await store.find(id);
		if (row === null) throw new Problem('not-found');
		await actor.must('version.read', row.projectId);
		return row;
	}

	/** The restore of each project that is under way here; the next one waits for it. */
	const restoring = new Map<string, Promise<void>>();
	/** Runs while no other server restores in the project. */
	async function inTurn<T>(projectId: string, restore: () => Promise<T>): Promise<T> {
		const turn = newId();
		const lastTry = performance.now() + turnMs;
		while (!(await store.takeTurn(projectId, turn, new Date(), turnMs))) {
			if (performance.now() > lastTry) throw new Problem('unavailable');
			await new Promise((resolve) => setTimeout(resolve, askAgainMs));
		}
		try {
			return await restore();
		} finally {
			await store.giveTurnBack(projectId, turn);
		}
	}
	/**
	 * One restore of a project after the other: of two at once each would carry over its difference from what was there before both, and the
	 * script would hold the words of both versions.
	 */
	async function afterOthers<T>(projectId: string, restore: () => Promise<T>): Promise<T> {
		const before = restoring.get(projectId);
		const own = Promise.resolve(before).then(() => inTurn(projectId, restore));
		const ended = own.then(
			() => undefined,
			() => undefined,
		);
		restoring.set(projectId, ended);
		try {
			return await own;
		} finally {
			if (restoring.get(projectId) === ended) restoring.delete(projectId);
		}
	}

	/** Throws when others have restored something else since the restore that is to be taken back, and the script is that now. */
	async function mustStillStand(
		by: string,
		row: VersionRow,
		{ target, undone, wish }: { target: Y.Doc; undone: Y.Doc; wish: RestoreWish },
	): Promise<void> {
		const { projectId } = row;
		const isOnlyOne = (await store.ages(projectId)).every(({ kind, at }) => kind !== 'restore' || at <= row.at);
		if (isOnlyOne) return;
		const now = openFrozen((await freeze(projectId, () => null)).update);
		const [wanted, since] = restorePair({ origin: by, target, before: now, undone, wish });
		const isGone = isElsewhere({ now, since, wanted });
		for (const doc of [now, since]) doc.destroy();
		if (isGone) throw new Problem('changed-meanwhile', 'Another version has been restored since');
	}

	/** Keeps what there is and restores; nothing else is restored in this project meanwhile. */
	async function restoreNow(by: string, row: VersionRow, wish: RestoreWish): Promise<VersionRow> {
		const { projectId } = row;
		const target = await open(row, projectId);
		const undone = wish.undoes === undefined ? null : await open(await store.find(wish.undoes.versionId), projectId);
		if (undone !== null) await mustStillStand(by, row, { target, undone, wish });
		const kept = await write(projectId, { kind: 'restore', name: null, by });
		if (kept === null) throw new Problem('unavailable');
		const before = openFrozen(kept.update);
		try {
			const [wanted, since] = restorePair({ origin: by, target, before, undone, wish });
			await edit(projectId, by, (doc) => {
				const { sceneId } = wish;
				// A scene that was cut, or came back, since a moment ago: its difference from then would be pieces of it.
				if (undone === null && sceneId !== undefined && hasScene(before, sceneId) !== hasScene(doc, sceneId))
					copySceneBack(doc, { origin: by, target, sceneId });
				else restoreVersion(doc, { origin: by, target: wanted, since });
				// At once, so that whoever reads next finds the scenes of this text.
				reconcileScenes(doc, newId);
			});
		} finally {
			for (const doc of [before, target, undone]) doc?.destroy();
		}
		return kept.row;
	}

	return {
		/** Keeps the project as it is now; the version is durable when this resolves. */
		async keep(projectId: string, input: Pick<KeepInput, 'kind' | 'name' | 'by'>): Promise<{ id: string }> {
			// Only automatic ones can be the same as the last, and then the last is the one that was asked for.
			const row = (await write(projectId, input))?.row ?? (await store.newest(projectId));
			if (row === null) throw new Problem('unavailable');
			return { id: row._id };
		},
		/** Keeps an automatic version when there is something new, and lets go of old ones. */
		async checkpoint(projectId: string, input: Pick<KeepInput, 'by' | 'authors' | 'known'>): Promise<void> {
			await write(projectId, { ...input, kind: 'automatic', name: null });
			const ages = (await store.ages(projectId)).map(({ _id, ...rest }) => ({ id: _id, ...rest }));
			const old = versionsToThin(ages, now());
			if (old.length > 0) await store.remove(old, false);
		},
		newestOf: async (projectId: string): Promise<string | null> => (await store.newest(projectId))?._id ?? null,
		/**
		 * Makes the project what it was in a version, or one scene of it, as a new edit of the actor; answers the version of what was there before,
		 * which is durable before anything changes. What others write between the two stays, as does all that comes later when it is taken back.
		 */
		async restore(actor: Actor, id: string, wish: RestoreWish): Promise<Version> {
			const row = await readable(actor, id);
			await actor.must('version.restore', row.projectId);
			const { id: by } = actor.signedIn();
			const kept = await afterOthers(row.projectId, () => restoreNow(by, row, wish));
			onRestored({
				projectId: row.projectId,
				by,
				versionId: id,
				label: row.name ?? undefined,
				sceneId: wish.sceneId,
			});
			return view(kept);
		},
		/** Gives a version a name; whatever it was, it is kept for ever then. */
		async rename(actor: Actor, id: string, name: string): Promise<Version> {
			const row = await readable(actor, id);
			await actor.must('version.name', row.projectId);
			if (row.kind !== 'named') await roomForNamed(row.projectId);
			const renamed = await store.rename(id, name);
			if (renamed === null) throw new Problem('not-found');
			return view(renamed);
		},
		/** Deletes a named version. */
		async delete(actor: Actor, id: string): Promise<void> {
			const row = await readable(actor, id);
			await actor.must('version.name', row.projectId);
			if (row.kind !== 'named') throw new Problem('not-allowed', 'Only named versions can be deleted');
			await store.remove([id], true);
		},
		async list(actor: Actor, projectId: string, query: { before?: string | undefined; limit: number }) {
			await actor.must('version.read', projectId);
			const before = query.before === undefined ? undefined : await store.find(query.before);
			if (before === null || (before !== undefined && before.projectId !== projectId)) throw new Problem('not-found');
			return views(await store.list(projectId, { ...(before === undefined ? {} : { before }), limit: query.limit }));
		},
		/** Keeps the project as it is now under a name. */
		async name(actor: Actor, projectId: string, name: string): Promise<Version> {
			await actor.must('version.name', projectId);
			await roomForNamed(projectId);
			const { id: by } = actor.signedIn();
			const kept = await write(projectId, { kind: 'named', name, by });
			if (kept === null) throw new Problem('unavailable');
			onNamed({ projectId, by, versionId: kept.row._id, name });
			return view(kept.row);
		},
		/** What a version holds, with the names of everybody who wrote some of it. */
		async read(actor: Actor, id: string): Promise<VersionContent> {
			const row = await readable(actor, id);
			const body = await store.body(id);
			// Deleted meanwhile.
			if (body === null) throw new Problem('not-found');
			const owners = body.owners.flatMap(([clientId, owner]): [number, string][] => {
				const accountId = accountOfOwner(owner);
				return accountId === null ? [] : [[clientId, accountId]];
			});
			const ids = [...new Set(owners.map(([, accountId]) => accountId))];
			const names = await namesOf(ids);
			return {
				version: await view(row),
				update: Buffer.from(await unpackUpdate(body.update)).toString('base64'),
				owners,
				people: ids.map((accountId) => ({ id: accountId, name: names.get(accountId) ?? '' })),
			};
		},
	};
}
