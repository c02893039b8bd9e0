import * as z from 'zod';
import { Id } from '../id.ts';
import { nameUpTo } from '../name.ts';

/** Why a version was kept: by time or amount, because somebody named it, before an import, before a restore. */
export const versionKinds = ['automatic', 'named', 'import', 'restore'] as const;
export const VersionKind = z.enum(versionKinds);
export type VersionKind = z.infer<typeof VersionKind>;

export const VersionName = nameUpTo(120);
/** Somebody as history shows them; the name is empty for an account that is gone. */
export const Author = z.strictObject({ id: z.string(), name: z.string() });
export type Author = z.infer<typeof Author>;

/** A frozen state of a project's script and board. */
export const Version = z.strictObject({
	id: Id,
	projectId: Id,
	kind: VersionKind,
	/** Given by people, or by an import; null for the others. */
	name: z.string().nullable(),
	/** Who named it, imported or restored; of an automatic one, who edited last. */
	by: Author,
	/** Who edited since the version before it, as far as its server saw. */
	authors: z.array(Author),
	at: z.string(),
	/** Bytes it takes where it is stored. */
	sizeBytes: z.int(),
	scenes: z.int(),
	shots: z.int(),
	words: z.int(),
});
export type Version = z.infer<typeof Version>;

/** What a version holds. */
export const VersionContent = z.strictObject({
	version: Version,
	/** The whole document as one Yjs update, in base64. */
	update: z.string(),
	/** Whose each client id of the document is. */
	owners: z.array(z.tuple([z.number(), z.string()])),
	/** Everybody who wrote some of it. */
	people: z.array(Author),
});
export type VersionContent = z.infer<typeof VersionContent>;
