import type { Film } from '@reelroom/shared/cut/film.ts';
import { filmApi, shareApi } from '@reelroom/shared/cut/api.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { stillAnswered } from '../http/still-answered.ts';
import { on, type Actor, type FileReply, type Route } from '../http/on.ts';
import type { ShareLinks } from './share-links.ts';

/** Films and their share links over HTTP. */
export function cutRoutes(deps: {
	films: { list(projectId: string): Promise<Film[]>; find(id: string): Promise<Film | null> };
	shareLinks: ShareLinks;
	projectNameOf: (projectId: string) => Promise<string | null>;
	/** Path on disk of a media file. */
	pathOf: (sha256: string) => string;
}): Route[] {
	const readable = async (actor: Actor, id: string): Promise<Film> => {
		const film = await deps.films.find(id);
		if (film === null) throw new Problem('not-found');
		await actor.must('film.read', film.projectId);
		return film;
	};
	const file = (film: Film, downloadName?: string): FileReply => ({
		file: deps.pathOf(film.sha256),
		mediaType: 'video/mp4',
		cache: 'none',
		...(downloadName === undefined ? {} : { downloadName }),
	});
	return [
		on(filmApi.list, async ({ params }, actor) => {
			await actor.must('film.read', params.id);
			return deps.films.list(params.id);
		}),
		on(filmApi.file, async ({ params, query }, actor) => {
			const film = await readable(actor, params.id);
			const downloadName =
				query.download === 'true' ? `${(await deps.projectNameOf(film.projectId)) ?? 'film'}.mp4` : undefined;
			return { ...file(film, downloadName), stillAllowed: stillAnswered(() => readable(actor, params.id)) };
		}),
		on(shareApi.create, ({ params, body }, actor) => deps.shareLinks.create(actor, params.id, body)),
		on(shareApi.list, ({ params }, actor) => deps.shareLinks.list(actor, params.id)),
		on(shareApi.revoke, async ({ params }, actor) => void (await deps.shareLinks.revoke(actor, params.id))),
		on(shareApi.read, ({ params }) => deps.shareLinks.read(params.token)),
		on(shareApi.poster, async ({ params }): Promise<FileReply> => {
			const { posterSha256 } = await deps.shareLinks.film(params.token);
			if (posterSha256 === null) throw new Problem('not-found');
			return { file: deps.pathOf(posterSha256), mediaType: 'image/jpeg', cache: 'none' };
		}),
		on(shareApi.file, async ({ params }) => ({
			...file(await deps.shareLinks.film(params.token)),
			stillAllowed: stillAnswered(() => deps.shareLinks.film(params.token)),
		})),
	];
}
