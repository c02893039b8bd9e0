import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { scopeFor } from '@reelroom/shared/account/api-key.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { createBus } from '@reelroom/shared/node/bus.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { Mongo } from '@reelroom/shared/node/mongo.ts';
import { followRights } from '@reelroom/shared/node/stores/rights-changes.ts';
import { createAccessTokens } from './account/access-tokens.ts';
import { createApiKeys } from './account/api-keys.ts';
import { createAccounts } from './account/accounts.ts';
import { createCookies } from './http/cookies.ts';
import { createIdentify } from './http/identify.ts';
import { createLeave } from './http/leave.ts';
import { createPasswords } from './account/passwords.ts';
import { createRefreshTokens } from './account/refresh-tokens.ts';
import { accountRoutes } from './account/routes.ts';
import { openSecrets } from './account/secrets.ts';
import { createSignIns, orNull } from './account/sign-ins.ts';
import { createTickets } from './account/tickets.ts';
import { createActivities } from './activity/activities.ts';
import { createLiveEdits } from './activity/live-edits.ts';
import { noteBreakDowns, noteImports } from './activity/noted.ts';
import { activityRoutes } from './activity/routes.ts';
import type { ServerConfig } from './config.ts';
import { openStores } from './open-stores.ts';
import type { Studio, StudioContext } from './studio.ts';
import { createApp } from './http/app.ts';
import { mount } from './http/mount.ts';
import { createOriginCheck, isOwnOrigin } from './http/origin.ts';
import { answerProblems } from './http/problems.ts';
import { createRateLimit } from './http/rate-limit.ts';
import { reference } from './http/reference.ts';
import { openWeb } from './http/web.ts';
import { attachSync } from './live/connection.ts';
import { createOtherServers } from './live/other-servers.ts';
import { refuseOtherUpgrades } from './live/upgrades.ts';
import { createDocuments } from './live/documents.ts';
import { createPromptProject } from './project/prompt-project.ts';
import { createProjects } from './project/projects.ts';
import { projectRoutes } from './project/routes.ts';
import { createSamples } from './project/samples.ts';
import { createBreakDowns } from './script/break-downs.ts';
import { createImportScript } from './script/import-script.ts';
import { scriptRoutes } from './script/routes.ts';
import { createScriptThreads } from './script/script-threads.ts';
import { versionRoutes } from './version/routes.ts';
import { createCheckpoints } from './version/checkpoints.ts';
import { createVersions } from './version/versions.ts';
import { createAccess, createActor } from './workspace/actor.ts';
import { workspaceRoutes } from './workspace/routes.ts';
import { createWorkspaces } from './workspace/workspaces.ts';

export type ServerDeps = {
	config: ServerConfig;
	mongo: Mongo;
	log: Log;
	version: string;
	openStudio: (context: StudioContext) => Promise<Studio>;
};
export type RunningServer = { url: string; port: number; close(): Promise<void> };

// Hexadecimal, so that an id never begins with a character that a shell or a selector takes for something else.
const newId = () => randomBytes(12).toString('hex');
const now = () => new Date();
/** Requests that are being answered when the server is asked to end have this long. */
const answerMs = 5_000;

/** Starts the server: every room wired, listening; `close` ends connections and makes documents durable. */
export async function createServer({ config, mongo, log, version, openStudio }: ServerDeps): Promise<RunningServer> {
	const { connection, db } = mongo;
	const stores = await openStores(mongo);
	const bus = await createBus({
		db,
		log,
		topics: [
			'tasks',
			'pauses',
			'takes',
			'takeVotes',
			'films',
			'previews',
			'notes',
			'reviews',
			'notifications',
			'activities',
			'presences',
			'beats',
			'hints',
			'asks',
		],
	});

	const secrets = await openSecrets(config.DATA_DIR);
	const accessTokens = createAccessTokens({ secret: secrets.access });
	const refreshTokens = createRefreshTokens({ secret: secrets.refresh, sessions: stores.sessions, newId, now, log });
	const tickets = createTickets({ secret: secrets.ticket, spend: stores.spentTickets.spend });
	const cookies = createCookies({ publicUrl: config.PUBLIC_URL, log });
	const access = createAccess({
		memberships: stores.memberships,
		projects: stores.projects,
		accounts: stores.accounts,
	});
	const apiKeys = createApiKeys({ store: stores.apiKeys, now, newId });
	const identify = createIdentify({ accessTokens, apiKeys, cookies });
	const origins = [...config.ALLOWED_ORIGINS, ...(config.PUBLIC_URL === undefined ? [] : [config.PUBLIC_URL])];
	const allowedOrigin = (request: IncomingMessage) =>
		request.headers.origin === undefined ||
		isOwnOrigin(request.headers.origin, hostOf(request, config.TRUST_PROXY), origins);
	const signIns = createSignIns({ accessTokens, sessions: stores.sessions, apiKeys: stores.apiKeys, now });

	const server = createHttpServer();
	const leave = createLeave(server);
	const documents = createDocuments({
		journal: stores.journal,
		snapshots: stores.snapshots,
		log,
		newId,
		crossing: { presences: stores.presences, bus },
	});
	await documents.ready;
	const isProject = async (id: string) => (await stores.projects.workspaceOf(id)) !== null;
	const activities = createActivities({
		store: stores.activities,
		isProject,
		namesOf: stores.accounts.namesOf,
		log,
		now,
		newId,
	});
	const { note } = activities;
	const ownWorkspaceOf = async (accountId: string): Promise<string> => {
		const own = (await stores.memberships.ofAccount(accountId)).find(({ role }) => role === 'owner');
		if (own === undefined) throw new Problem('not-allowed');
		return own.workspaceId;
	};
	const studio = await openStudio({
		bus,
		config,
		mongo,
		log,
		server,
		documents,
		projects: stores.projects,
		access,
		namesOf: stores.accounts.namesOf,
		projectIdsOf: async (accountId) => {
			const workspaceIds = (await stores.memberships.ofAccount(accountId)).map(({ workspaceId }) => workspaceId);
			return (await stores.projects.ofWorkspaces(workspaceIds)).map(({ _id }) => _id);
		},
		ownWorkspaceOf,
		promptProjectOf: createPromptProject({ projects: stores.projects, ownWorkspaceOf, now, newId }),
		planOf: async (id) => (await stores.accounts.find(id))?.plan ?? config.DEFAULT_PLAN,
		membersOf: async (projectId) => {
			const workspaceId = await stores.projects.workspaceOf(projectId);
			return workspaceId === null
				? []
				: (await stores.memberships.ofWorkspace(workspaceId)).map(({ accountId }) => accountId);
		},
		signIns,
		allowedOrigin,
		note,
		newId,
		now,
	});

	const rowOf = async (projectId: string) => {
		const row = await stores.projects.find(projectId);
		if (row === null) throw new Problem('not-found');
		return row;
	};
	const fpsOf = async (projectId: string) => (await rowOf(projectId)).fps;
	const scriptThreads = createScriptThreads();
	const breakDowns = noteBreakDowns(createBreakDowns({ documents, fpsOf, newId }), { note, newId });
	const samples = createSamples({
		count: config.SAMPLE_PROJECTS,
		projects: stores.projects,
		documents,
		acceptBreakDown: (id) => breakDowns.accept(id),
		generateBoard: studio.generateBoard,
		log,
		now,
		newId,
	});
	const endAccess = (accountId: string, projectIds: readonly string[]) => {
		documents.revoke(accountId, projectIds);
		studio.onRevoked(accountId, projectIds);
	};
	const others = createOtherServers({
		hints: stores.hints,
		bus,
		log,
		now,
		newId,
		heard: ({ kind, projectIds, accountId }) => {
			if (kind === 'access.ended' && accountId !== null) endAccess(accountId, projectIds);
			else if (kind === 'project.changed') projectIds.forEach((id) => studio.onProjectChanged(id));
			else if (kind === 'project.deleted')
				for (const projectId of projectIds) {
					documents
						.forget(projectId)
						.catch((error: unknown) => log.warn({ err: error, projectId }, 'could not forget a live document'));
					studio.onProjectGone(projectId);
				}
		},
	});
	const onRevoked = (accountId: string, projectIds: readonly string[]) => {
		endAccess(accountId, projectIds);
		others.tell({ kind: 'access.ended', projectIds: [...projectIds], accountId });
	};
	const workspaces = createWorkspaces({
		workspaces: stores.workspaces,
		memberships: stores.memberships,
		invitations: stores.invitations,
		accounts: stores.accounts,
		projects: stores.projects,
		onRevoked,
		onRemoved: studio.onMemberRemoved,
		onJoined: (by, projectIds) =>
			projectIds.forEach((projectId) => note({ projectId, by, kind: 'joined', subject: {}, things: [by] })),
		now,
		newId,
	});
	const versions = createVersions({
		store: stores.versions,
		freeze: documents.freeze,
		edit: documents.edit,
		isProject,
		namesOf: stores.accounts.namesOf,
		onNamed: ({ projectId, by, versionId, name }) =>
			note({ projectId, by, kind: 'named', subject: { versionId, label: name } }),
		onRestored: ({ projectId, by, versionId, label, sceneId }) =>
			note({ projectId, by, kind: 'restored', subject: { versionId, label, sceneId }, things: [newId()] }),
		now,
		newId,
	});
	const checkpoints = createCheckpoints({ keep: versions.checkpoint, newestOf: versions.newestOf, log, now });
	const liveEdits = createLiveEdits({ note });
	documents.watch(checkpoints);
	documents.watch(liveEdits);
	const { coverTakeOf } = studio;
	const onProjectChanged = (projectId: string) => {
		studio.onProjectChanged(projectId);
		others.tell({ kind: 'project.changed', projectIds: [projectId], accountId: null });
	};
	const onProjectDeleted = async (projectId: string) => {
		await Promise.all([stores.versions.removeOfProject(projectId), stores.activities.removeOfProject(projectId)]);
		await studio.onProjectDeleted(projectId);
		others.tell({ kind: 'project.deleted', projectIds: [projectId], accountId: null });
	};
	const projects = createProjects({
		projects: stores.projects,
		workspaces: stores.workspaces,
		memberships: stores.memberships,
		documents,
		tickets,
		coverTakeOf,
		onProjectChanged,
		beforeProjectDeleted: studio.beforeProjectDeleted,
		onProjectDeleted,
		now,
		newId,
	});
	const passwords = createPasswords();
	const accounts = createAccounts({
		connection,
		accounts: stores.accounts,
		passwords,
		accessTokens,
		refreshTokens,
		addOwnWorkspace: workspaces.addOwn,
		onRegistered: samples.add,
		now,
		newId,
	});

	const routes = [
		...accountRoutes({ accounts, apiKeys, cookies, guesses: createRateLimit() }),
		...workspaceRoutes(workspaces),
		...projectRoutes(projects),
		...scriptRoutes({
			documents,
			breakDowns,
			importScript: noteImports(
				createImportScript({
					documents,
					readFile: (file) => scriptThreads.run('read', file),
					compare: (input) => scriptThreads.run('compare', input),
					plan: (input) => scriptThreads.run('plan', input),
					keep: versions.keep,
					newId,
				}),
				{ note, newId },
			),
			formatFdx: (text) => scriptThreads.run('fdx', { text }),
			formatPdf: (input) => scriptThreads.run('pdf', input),
			nameOf: async (id) => (await rowOf(id)).name,
		}),
		...versionRoutes(versions),
		...activityRoutes(activities),
		...studio.routes,
	];
	const edge = mount(routes, {
		actorOf: async (request, endpoint) => {
			const holder = await identify(request);
			const scope = scopeFor(endpoint);
			if (holder?.scopes !== undefined && (scope === null || !holder.scopes.includes(scope)))
				throw new Problem('not-allowed', scope === null ? 'Not with a key' : `The key lacks the scope “${scope}”`);
			return createActor(access, holder);
		},
		visitor: createActor(access, null),
		checkOrigin: createOriginCheck(origins, cookies.has),
	});
	const isMongoUp = () =>
		db.command({ ping: 1 }, { timeoutMS: 2_000 }).then(
			() => true,
			() => false,
		);
	const web = await openWeb(config.WEB_BUILD_DIR);
	server.on(
		'request',
		createApp({
			trustProxy: config.TRUST_PROXY,
			version,
			isMongoUp,
			routers: [edge, reference(version)],
			web,
			answerProblems: answerProblems(log),
		}),
	);
	refuseOtherUpgrades(server);
	const sync = attachSync({
		server,
		documents,
		verifyTicket: (ticket) => orNull(tickets.verify(ticket)),
		roleOf: access.roleOf,
		signInStands: signIns.stands,
		followRights: (sync) =>
			followRights(db, {
				roleChanged(accountId) {
					sync.roleChanged(accountId);
					studio.onRoleChanged(accountId);
				},
				signInEnded(id) {
					sync.signInEnded(id);
					studio.onSignInEnded(id);
				},
				failed: (error) => log.warn({ err: error }, 'following rights again'),
			}),
		allowedOrigin,
		log,
	});

	try {
		await listen(server, config);
	} catch (error) {
		await Promise.allSettled([sync.close(), studio.close()]);
		await documents.close();
		await bus.close();
		throw error;
	}
	const { port } = server.address() as AddressInfo;
	await samples.resume();
	return {
		port,
		url: `http://${['0.0.0.0', '::'].includes(config.HOST) ? 'localhost' : config.HOST}:${port}`,
		async close() {
			// Nobody new comes in; who is being answered still is, with everything that it takes.
			const { answered, closed } = leave.begin(answerMs);
			await sync.close();
			await answered;
			liveEdits.close();
			await checkpoints.close();
			await samples.close();
			await studio.close();
			await scriptThreads.close();
			// Whoever is still downloading a film has had a moment; the rest is cut so that closing ends.
			server.closeAllConnections();
			await closed;
			others.close();
			await documents.close();
			await bus.close();
		},
	};
}

async function listen(server: Server, { PORT, HOST }: ServerConfig): Promise<void> {
	server.listen(PORT, HOST);
	// `once` rejects when the server emits an error, such as a port that is taken.
	await once(server, 'listening');
}

/** The host that was asked; a proxy's word for it counts only where one is known to stand in front. */
function hostOf(request: IncomingMessage, trustProxy: number): string | undefined {
	const forwarded = trustProxy > 0 ? request.headers['x-forwarded-host'] : undefined;
	return (Array.isArray(forwarded) ? forwarded[0] : forwarded)?.split(',')[0]?.trim() ?? request.headers.host;
}
