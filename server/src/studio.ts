import type { IncomingMessage, Server } from 'node:http';
import type { Bus } from '@reelroom/shared/node/bus.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { Mongo } from '@reelroom/shared/node/mongo.ts';
import type { Plan } from '@reelroom/shared/plan/quota.ts';
import type { createProjectStore } from '@reelroom/shared/node/stores/project-store.ts';
import type { SignIns } from './account/sign-ins.ts';
import type { Note } from './activity/activities.ts';
import type { ServerConfig } from './config.ts';
import type { Route } from './http/on.ts';
import type { LiveDocuments } from './live/documents.ts';
import type { Access } from './workspace/actor.ts';

/** What the rooms of tasks, takes and films need of the others. */
export type StudioContext = {
	bus: Bus;
	config: ServerConfig;
	mongo: Mongo;
	log: Log;
	server: Server;
	documents: LiveDocuments;
	projects: ReturnType<typeof createProjectStore>;
	access: Access;
	/** Names of accounts by id. */
	namesOf: (ids: readonly string[]) => Promise<Map<string, string>>;
	/** Projects that an account may see. */
	projectIdsOf: (accountId: string) => Promise<string[]>;
	/** The workspace that an account has of its own. */
	ownWorkspaceOf: (accountId: string) => Promise<string>;
	/** Where somebody keeps pictures of words alone. */
	promptProjectOf: (account: { id: string; name: string }) => Promise<string>;
	/** What an account may generate each day. */
	planOf: (accountId: string) => Promise<Plan>;
	/** The accounts that may see a project. */
	membersOf: (projectId: string) => Promise<string[]>;
	signIns: SignIns;
	allowedOrigin: (request: IncomingMessage) => boolean;
	/** Notes what somebody did. */
	note: Note;
	newId: () => string;
	now: () => Date;
};

/** The rooms of tasks, takes and films as the others see them. */
export type Studio = {
	routes: Route[];
	/** The newest picture of each of these projects that has one. */
	coverTakeOf(projectIds: readonly string[]): Promise<Map<string, string>>;
	/** Queues a picture for every shot that has none. */
	generateBoard(projectId: string, accountId: string): Promise<unknown>;
	onProjectChanged(projectId: string): void;
	/** A project that is still there is about to be deleted: what is to outlast it is kept now. */
	beforeProjectDeleted(project: { _id: string; workspaceId: string; name: string }): Promise<void>;
	onProjectDeleted(projectId: string): Promise<void>;
	/** Another server has deleted it. */
	onProjectGone(projectId: string): void;
	onRevoked(accountId: string, projectIds: readonly string[]): void;
	/** The role of this account over something may have changed, on whatever server; null: anybody's may have. */
	onRoleChanged(accountId: string | null): void;
	/** A sign-in has ended, on whatever server; null: any may have. */
	onSignInEnded(signInId: string | null): void;
	/** Somebody may work in these projects no more; told by the server that removed them, once. */
	onMemberRemoved(accountId: string, projectIds: readonly string[]): Promise<void>;
	close(): Promise<void>;
};
