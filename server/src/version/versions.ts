import { createHash } from 'node:crypto';
import { limits } from '@reelroom/shared/limits.ts';
import { accountOfOwner } from '@reelroom/shared/live/owner.ts';
import type { VersionRow, VersionStore } from '@reelroom/shared/node/stores/version-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { canonicalContent, tallyOf } from '@reelroom/shared/version/content.ts';
import type { Author, Version, VersionContent, VersionKind } from '@reelroom/shared/version/version.ts';
import type { Actor } from '../http/on.ts';
import type { FreezeDocument } from '../live/documents-port.ts';
import { packUpdate, unpackUpdate } from './frozen-bytes.ts';

export type VersionDeps = {
	store: VersionStore;
	freeze: FreezeDocument;
	/** Names of accounts by id. */
	namesOf: (ids: readonly string[]) => Promise<Map<string, string>>;
	now: () => Date;
	newId: () => string;
};
export type KeepInput = {
	kind: VersionKind;
	name: string | null;
	by: string;
	/** Who edited since the version before, where that is known. */
	authors?: readonly string[];
};

export type Versions = ReturnType<typeof createVersions>;

/**
 * The history of projects. What a version holds was in the journal before the version was written, and it is written once and whole: whatever
 * dies in between leaves no version, never half of one, and never one that knows more than the journal. A document whose packed update would
 * not fit into one record keeps no versions: named ones are refused with `too-large`, and the document itself is untouched.
 */
export function createVersions({ store, freeze, namesOf, now, newId }: VersionDeps) {
	/** Freezes the live document and writes it; answers null when an automatic version would be the same as the last, or its twin was first. */
	async function write(projectId: string, { kind, name, by, authors = [by] }: KeepInput): Promise<VersionRow | null> {
		const newest = await store.newest(projectId);
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
		return (await store.add(row, { update: packed, owners })) ? row : null;
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
	async function readable(actor: Actor, id: string): Promise<VersionRow> {
		const row = await store.find(id);
		if (row === null) throw new Problem('not-found');
		await actor.must('version.read', row.projectId);
		return row;
	}

	return {
		/** Keeps the project as it is now, whatever went before; the version is durable when this resolves. */
		async keep(projectId: string, input: KeepInput): Promise<{ id: string }> {
			// Only automatic ones can be the same as the last, and then the last is the one that was asked for.
			const row = (await write(projectId, input)) ?? (await store.newest(projectId));
			if (row === null) throw new Problem('unavailable');
			return { id: row._id };
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
			if ((await store.count(projectId, 'named')) >= limits.namedVersions)
				throw new Problem('too-large', `A project may have up to ${limits.namedVersions} named versions`);
			const row = await write(projectId, { kind: 'named', name, by: actor.signedIn().id });
			if (row === null) throw new Problem('unavailable');
			return view(row);
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
