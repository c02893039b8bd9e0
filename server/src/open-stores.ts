import type { Mongo } from '@reelroom/shared/node/mongo.ts';
import { createAccountStore } from '@reelroom/shared/node/stores/account-store.ts';
import { createActivityStore } from '@reelroom/shared/node/stores/activity-store.ts';
import { createApiKeyStore } from '@reelroom/shared/node/stores/api-key-store.ts';
import { createHintStore } from '@reelroom/shared/node/stores/hint-store.ts';
import { createInvitationStore } from '@reelroom/shared/node/stores/invitation-store.ts';
import { createJournalStore } from '@reelroom/shared/node/stores/journal-store.ts';
import { createMembershipStore } from '@reelroom/shared/node/stores/membership-store.ts';
import { createPresenceStore } from '@reelroom/shared/node/stores/presence-store.ts';
import { createProjectStore } from '@reelroom/shared/node/stores/project-store.ts';
import { createSessionStore } from '@reelroom/shared/node/stores/session-store.ts';
import { createSnapshotStore } from '@reelroom/shared/node/stores/snapshot-store.ts';
import { createSpentTicketStore } from '@reelroom/shared/node/stores/spent-ticket-store.ts';
import { createVersionStore } from '@reelroom/shared/node/stores/version-store.ts';
import { createWorkspaceStore } from '@reelroom/shared/node/stores/workspace-store.ts';

/** The collections of people, projects and live documents, each with its indexes in place before anybody writes to it. */
export async function openStores({ connection, db }: Mongo) {
	const accounts = createAccountStore(connection);
	const sessions = createSessionStore(connection);
	const workspaces = createWorkspaceStore(connection);
	const memberships = createMembershipStore(connection);
	const invitations = createInvitationStore(connection);
	const projects = createProjectStore(connection);
	const journal = createJournalStore(db);
	const versions = createVersionStore(db);
	const spentTickets = createSpentTicketStore(db);
	const activities = createActivityStore(db);
	const presences = createPresenceStore(db);
	const hints = createHintStore(db);
	const apiKeys = createApiKeyStore(db);
	await Promise.all([
		...[accounts, sessions, workspaces, memberships, invitations, projects].map((store) => store.open()),
		...[journal, versions, spentTickets, activities, presences, hints, apiKeys].map((store) =>
			'ready' in store ? store.ready() : store.ensureIndexes(),
		),
	]);
	return {
		accounts,
		sessions,
		workspaces,
		memberships,
		invitations,
		projects,
		journal,
		versions,
		spentTickets,
		activities,
		presences,
		hints,
		apiKeys,
		snapshots: createSnapshotStore(db),
	};
}
