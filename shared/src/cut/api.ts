import * as z from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { Film, SharedFilm, ShareKind, ShareLink } from './film.ts';

const ById = z.strictObject({ id: Id });
const ByToken = z.strictObject({ token: z.string().min(20).max(100) });

export const filmApi = {
	list: endpoint({
		method: 'get',
		path: '/projects/:id/films',
		summary: 'Rendered films of a project, newest first.',
		allow: 'film.read',
		params: ById,
		reply: z.array(Film),
	}),
	file: endpoint({
		method: 'get',
		path: '/films/:id/file',
		summary: 'The film; ranges are answered. `download=true` names it for saving.',
		allow: 'film.read',
		params: ById,
		query: z.strictObject({ download: z.enum(['true', 'false']).default('false') }),
		file: ['video/mp4'],
	}),
};

export const shareApi = {
	create: endpoint({
		method: 'post',
		path: '/projects/:id/share-links',
		summary: 'Makes a public link to a film; its token is shown once.',
		allow: 'share.create',
		params: ById,
		status: 201,
		body: z.strictObject({ filmId: Id, kind: ShareKind.default('view') }),
		reply: z.strictObject({ link: ShareLink, token: z.string() }),
	}),
	list: endpoint({
		method: 'get',
		path: '/projects/:id/share-links',
		summary: 'Share links of a project.',
		allow: 'share.read',
		params: ById,
		reply: z.array(ShareLink),
	}),
	revoke: endpoint({
		method: 'delete',
		path: '/share-links/:id',
		summary: 'Ends a share link at once.',
		allow: 'share.revoke',
		params: ById,
		status: 204,
	}),
	read: endpoint({
		method: 'get',
		path: '/shared/:token',
		summary: 'What a share link shows.',
		allow: 'public',
		params: ByToken,
		reply: SharedFilm,
	}),
	poster: endpoint({
		method: 'get',
		path: '/shared/:token/poster.jpg',
		summary: 'A still of the shared film, for cards that show the link.',
		allow: 'public',
		params: ByToken,
		file: ['image/jpeg'],
	}),
	file: endpoint({
		method: 'get',
		path: '/shared/:token/film.mp4',
		summary: 'The shared film; ranges are answered.',
		allow: 'public',
		params: ByToken,
		file: ['video/mp4'],
	}),
};
