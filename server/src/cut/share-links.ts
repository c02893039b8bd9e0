import { createHash, randomBytes } from 'node:crypto';
import type { Film, SharedFilm, ShareKind, ShareLink } from '@reelroom/shared/cut/film.ts';
import type { ShareLinkRecord, ShareLinkStore } from '@reelroom/shared/node/stores/share-link-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Actor } from '../http/on.ts';

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
/** Links of earlier releases were for viewing. */
const kindOf = (record: Omit<ShareLinkRecord, 'kind'> & { kind?: ShareKind }): ShareKind => record.kind ?? 'view';
const toLink = (record: ShareLinkRecord): ShareLink => ({
	id: record._id,
	filmId: record.filmId,
	kind: kindOf(record),
	createdAt: record.createdAt.toISOString(),
	revokedAt: record.revokedAt?.toISOString() ?? null,
	views: record.views,
});

export type ShareLinks = ReturnType<typeof createShareLinks>;

/** Public links to films: made, listed, ended and opened. A token is 256 random bits; only its digest is stored. */
export function createShareLinks(deps: {
	links: ShareLinkStore;
	findFilm: (id: string) => Promise<Film | null>;
	/** Null for a project that is gone: its links are dead. */
	projectNameOf: (projectId: string) => Promise<string | null>;
	now: () => Date;
	newId: () => string;
}) {
	/** The living link behind a token with its film; `share-ended` for all others, told apart by nothing. */
	const open = async (token: string) => {
		const link = await deps.links.findByHash(hashOf(token));
		const film = link === null || link.revokedAt !== null ? null : await deps.findFilm(link.filmId);
		const projectName = link === null ? null : await deps.projectNameOf(link.projectId);
		if (link === null || film === null || projectName === null) throw new Problem('share-ended');
		return { link, film, projectName };
	};
	return {
		/** Makes a link to a film of the project and shows its token this once. */
		async create(actor: Actor, projectId: string, { filmId, kind }: { filmId: string; kind: ShareKind }) {
			await actor.must('share.create', projectId);
			const film = await deps.findFilm(filmId);
			if (film === null || film.projectId !== projectId)
				throw new Problem('not-found', 'This project has no such film');
			const { id, name } = actor.signedIn();
			const token = randomBytes(32).toString('base64url');
			const record: ShareLinkRecord = {
				_id: deps.newId(),
				projectId,
				filmId,
				kind,
				tokenHash: hashOf(token),
				createdBy: id,
				createdByName: name,
				createdAt: deps.now(),
				revokedAt: null,
				views: 0,
			};
			await deps.links.insert(record);
			return { link: toLink(record), token };
		},
		/** The links of a project, ended ones too. */
		async list(actor: Actor, projectId: string) {
			await actor.must('share.read', projectId);
			return (await deps.links.list(projectId)).map(toLink);
		},
		/** Ends a link at once; twice is once. */
		async revoke(actor: Actor, id: string) {
			const link = await deps.links.find(id);
			if (link === null) throw new Problem('not-found');
			await actor.must('share.revoke', link.projectId);
			await deps.links.revoke(id, deps.now());
		},
		/** What a visitor is told; counts a view. */
		async read(token: string): Promise<SharedFilm> {
			const { link, film, projectName } = await open(token);
			await deps.links.countView(link._id);
			return {
				filmId: film.id,
				kind: kindOf(link),
				fps: film.fps,
				projectName,
				sharedBy: link.createdByName,
				widthPx: film.widthPx,
				heightPx: film.heightPx,
				durationMs: Math.round((film.durationFrames / film.fps) * 1000),
				hasPoster: film.posterSha256 !== null,
				createdAt: film.createdAt,
			};
		},
		open,
		/** The film behind a token. */
		film: async (token: string) => (await open(token)).film,
	};
}
