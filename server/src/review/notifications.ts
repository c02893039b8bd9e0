import { limits } from '@reelroom/shared/limits.ts';
import type { NotificationStore } from '@reelroom/shared/node/stores/notification-store.ts';
import type { NoteStore } from '@reelroom/shared/node/stores/note-store.ts';
import type { Notification } from '@reelroom/shared/review/notification.ts';
import type { Role } from '@reelroom/shared/workspace/access.ts';
import type { Actor } from '../http/on.ts';

export type NotificationDeps = {
	store: NotificationStore;
	notes: NoteStore;
	/** Their role over a project; null for what they may not see any more. */
	roleOf: (accountId: string, projectId: string) => Promise<Role | null>;
	projectNameOf: (projectId: string) => Promise<string | null>;
	namesOf: (ids: readonly string[]) => Promise<Map<string, string>>;
	now: () => Date;
};
export type Notifications = ReturnType<typeof createNotifications>;

/** What concerns an account. Names and words are read where they stand, at every question: a removed member and a deleted note tell nothing. */
export function createNotifications({ store, notes, roleOf, projectNameOf, namesOf, now }: NotificationDeps) {
	return {
		async list(actor: Actor): Promise<{ unread: number; notifications: Notification[] }> {
			const { id } = actor.signedIn();
			const records = await store.list(id, limits.notificationsShown);
			const projectIds = [...new Set(records.map(({ projectId }) => projectId))];
			const names = new Map<string, string>();
			await Promise.all(
				projectIds.map(async (projectId) => {
					const [role, name] = await Promise.all([roleOf(id, projectId), projectNameOf(projectId)]);
					if (role !== null && name !== null) names.set(projectId, name);
				}),
			);
			const seen = records.filter(({ projectId }) => names.has(projectId));
			const found = await notes.findAll(seen.map(({ projectId, noteId }) => notes.keyOf(projectId, noteId)));
			const roots = await notes.findAll(found.map(({ projectId, threadId }) => notes.keyOf(projectId, threadId)));
			const byKey = new Map([...found, ...roots].map((note) => [note._id, note]));
			const people = await namesOf([...new Set(found.map(({ author }) => author.id))]);
			const notifications = seen.flatMap((record): Notification[] => {
				const note = byKey.get(notes.keyOf(record.projectId, record.noteId));
				if (note === undefined || note.deletedAt !== null) return [];
				return [
					{
						id: record._id,
						kind: record.kind,
						projectId: record.projectId,
						projectName: names.get(record.projectId) ?? '',
						noteId: note.noteId,
						threadId: note.threadId,
						target: byKey.get(notes.keyOf(note.projectId, note.threadId))?.target ?? null,
						byId: note.author.id,
						byName: people.get(note.author.id) ?? note.author.name,
						text: note.text.slice(0, 200),
						at: record.at.toISOString(),
						readAt: record.readAt?.toISOString() ?? null,
					},
				];
			});
			return { unread: notifications.filter(({ readAt }) => readAt === null).length, notifications };
		},
		read: async (actor: Actor, ids: readonly string[] | undefined) => store.read(actor.signedIn().id, ids, now()),
	};
}
