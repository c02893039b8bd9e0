import { guestNoteApi } from '@reelroom/shared/review/api.ts';
import type { RateLimit } from '../http/rate-limit.ts';
import { on, type Http, type Route } from '../http/on.ts';
import type { GuestNotes } from './guest-notes.ts';

/** Answers the endpoints of guests; what one address writes is counted, and too much of it has to wait. */
export function guestRoutes(guestNotes: GuestNotes, writes: RateLimit): Route[] {
	const counted = ({ request, response }: Http): void => {
		const key = request.ip ?? '';
		writes.check(key, (seconds) => response.setHeader('Retry-After', String(seconds)));
		writes.failed(key);
	};
	return [
		on(guestNoteApi.enter, ({ params, body }, _actor, http) => {
			counted(http);
			return guestNotes.enter(params.token, body.name);
		}),
		on(guestNoteApi.list, ({ params }) => guestNotes.list(params.token)),
		on(guestNoteApi.create, ({ params, body }, _actor, http) => {
			counted(http);
			return guestNotes.create(params.token, body);
		}),
		on(guestNoteApi.edit, ({ params, body }, _actor, http) => {
			counted(http);
			return guestNotes.edit(params.token, params.noteId, body);
		}),
		on(guestNoteApi.delete, ({ params, body }, _actor, http) => {
			counted(http);
			return guestNotes.delete(params.token, params.noteId, body.secret);
		}),
	];
}
