import type * as Y from 'yjs';
import { takesInUse } from '@reelroom/shared/board/take-in-use.ts';
import { hasShot, readBoard, type ShotOnBoard } from '@reelroom/shared/project/document.ts';
import { approvedContent } from '@reelroom/shared/review/approved.ts';
import type { Bus } from '@reelroom/shared/node/bus.ts';
import { createGuestStore } from '@reelroom/shared/node/stores/guest-store.ts';
import { createNoteStore } from '@reelroom/shared/node/stores/note-store.ts';
import { createNotificationStore } from '@reelroom/shared/node/stores/notification-store.ts';
import { createReviewStore } from '@reelroom/shared/node/stores/review-store.ts';
import type { Sockets } from './live/sockets.ts';
import { createRateLimit } from './http/rate-limit.ts';
import { createApprovedEdits } from './review/approved-edits.ts';
import { createApprovedTake } from './review/approved-take.ts';
import { createGuestNotes, type GuestNoteDeps } from './review/guest-notes.ts';
import { guestRoutes } from './review/guest-routes.ts';
import { createNoteWriter } from './review/note-writer.ts';
import { createNotes } from './review/notes.ts';
import { createNotifications } from './review/notifications.ts';
import { createReviews } from './review/reviews.ts';
import { reviewRoutes } from './review/routes.ts';
import type { StudioContext } from './studio.ts';

/** What the room needs of those beside it. */
type ReviewParts = {
	bus: Bus;
	sockets: Sockets;
	/** The project of a film. */
	filmProject: (id: string) => Promise<string | null>;
	/** The living share link behind a token. */
	openLink: GuestNoteDeps['open'];
	/** The takes of a project. */
	takesOf: (projectId: string) => Promise<readonly { id: string; shotId: string; number: number }[]>;
};

/** Opens the room of notes, reviews and notifications, and the hints about them. */
export async function openReview(
	{ mongo, log, documents, projects, access, namesOf, membersOf, now, newId }: StudioContext,
	{ bus, sockets, filmProject, openLink, takesOf }: ReviewParts,
) {
	const notes = createNoteStore(mongo.db);
	const reviews = createReviewStore(mongo.db);
	const notifications = createNotificationStore(mongo.db);
	const guests = createGuestStore(mongo.db);
	const stores = [notes, reviews, notifications, guests];
	await Promise.all(stores.map((store) => store.ready()));
	const isProject = async (id: string) => (await projects.workspaceOf(id)) !== null;
	const shotIsThere = (projectId: string, shotId: string) => documents.read(projectId, (doc) => hasShot(doc, shotId));
	const everyShot = (doc: Y.Doc): ShotOnBoard[] => {
		const { scenes, omittedScenes, omittedShots } = readBoard(doc);
		return [...[...scenes, ...omittedScenes].flatMap((scene) => scene.shots), ...omittedShots];
	};
	const contents = async (projectId: string, shotIds: readonly string[]): Promise<Map<string, string>> => {
		const asked = new Set(shotIds);
		const [shots, takes] = await Promise.all([documents.read(projectId, everyShot), takesOf(projectId)]);
		const meant = shots.filter(({ id }) => asked.has(id));
		const inUse = takesInUse(meant, takes);
		return new Map(meant.map((shot) => [shot.id, approvedContent(shot, inUse.get(shot.id)?.id ?? null)]));
	};
	const approvedShots = async (projectId: string): Promise<Set<string>> =>
		new Set((await reviews.approved(projectId)).map(({ shotId }) => shotId));
	const approvedEdits = createApprovedEdits({ store: reviews, log, now });
	const unwatch = documents.watch(approvedEdits);
	const writer = createNoteWriter({
		notes,
		notifications,
		isProject,
		hasShot: shotIsThere,
		hasFilm: async (projectId, filmId) => (await filmProject(filmId)) === projectId,
		membersOf,
		now,
	});
	const untell = [
		bus.on('notes', ({ projectId, noteId }) => sockets.tell(projectId, 'note.changed', { projectId, noteId })),
		bus.on('reviews', ({ projectId, shotId }) => sockets.tell(projectId, 'review.changed', { projectId, shotId })),
		bus.on('notifications', ({ accountId }) => sockets.tellAccount(accountId, 'notifications.changed')),
	];
	return {
		routes: [
			...reviewRoutes(
				createNotes({ store: notes, writer, namesOf, now }),
				createReviews({ store: reviews, isProject, contents, namesOf, now }),
				createNotifications({
					store: notifications,
					notes,
					roleOf: access.roleOf,
					projectNameOf: async (id) => (await projects.find(id))?.name ?? null,
					namesOf,
					now,
				}),
			),
			...guestRoutes(
				createGuestNotes({ open: openLink, guests, notes, writer, namesOf, now, newId }),
				createRateLimit({ failures: 60, windowMs: 10 * 60_000 }),
			),
		],
		async onProjectDeleted(projectId: string) {
			await Promise.all(stores.map((store) => store.removeOfProject(projectId)));
		},
		approvedShots,
		mustNotShowApproved: createApprovedTake({ approvedShots, takesOf, read: documents.read, everyShot }),
		async close() {
			unwatch();
			await approvedEdits.close();
			for (const end of untell) end();
		},
	};
}
