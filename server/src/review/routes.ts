import { noteApi, notificationApi, reviewApi } from '@reelroom/shared/review/api.ts';
import { on, type Route } from '../http/on.ts';
import type { Notes } from './notes.ts';
import type { Notifications } from './notifications.ts';
import type { Reviews } from './reviews.ts';

/** Answers the endpoints of notes, reviews and notifications. */
export const reviewRoutes = (notes: Notes, reviews: Reviews, notifications: Notifications): Route[] => [
	on(noteApi.list, ({ params, query }, actor) => notes.list(actor, params.id, query.since)),
	on(noteApi.create, ({ params, body }, actor) => notes.create(actor, params.id, body)),
	on(noteApi.edit, ({ params, body }, actor) => notes.edit(actor, params.id, params.noteId, body)),
	on(noteApi.delete, ({ params }, actor) => notes.delete(actor, params.id, params.noteId)),
	on(noteApi.resolve, ({ params }, actor) => notes.resolve(actor, params.id, params.noteId)),
	on(noteApi.reopen, ({ params }, actor) => notes.reopen(actor, params.id, params.noteId)),
	on(reviewApi.list, ({ params }, actor) => reviews.list(actor, params.id)),
	on(reviewApi.set, ({ params, body }, actor) => reviews.set(actor, params.id, params.shotId, body.status)),
	on(notificationApi.list, (_input, actor) => notifications.list(actor)),
	on(notificationApi.read, async ({ body }, actor) => void (await notifications.read(actor, body.ids))),
];
