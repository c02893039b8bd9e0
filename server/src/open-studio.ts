import { join } from 'node:path';
import { createRinger } from '@reelroom/shared/node/bell.ts';
import { createCharges } from '@reelroom/shared/node/charges.ts';
import { createFiles } from '@reelroom/shared/node/files.ts';
import { createFingerprint } from '@reelroom/shared/node/fingerprint.ts';
import { createQueue } from '@reelroom/shared/node/queue.ts';
import { createAssetPictureStore } from '@reelroom/shared/node/stores/asset-picture-store.ts';
import { createFilmStore, toFilm } from '@reelroom/shared/node/stores/film-store.ts';
import { createLedgerStore } from '@reelroom/shared/node/stores/ledger-store.ts';
import { createDurationStore } from '@reelroom/shared/node/stores/duration-store.ts';
import { createPauseStore } from '@reelroom/shared/node/stores/pause-store.ts';
import { createPreviewStore } from '@reelroom/shared/node/stores/preview-store.ts';
import { createQuotaStore } from '@reelroom/shared/node/stores/quota-store.ts';
import { createShareLinkStore } from '@reelroom/shared/node/stores/share-link-store.ts';
import { createTakeStore, toTake } from '@reelroom/shared/node/stores/take-store.ts';
import { createTakeVoteStore } from '@reelroom/shared/node/stores/take-vote-store.ts';
import { createTaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { createUsageStore } from '@reelroom/shared/node/stores/usage-store.ts';
import { createWorkerStore } from '@reelroom/shared/node/stores/worker-store.ts';
import { createAssetPictures } from './bible/asset-pictures.ts';
import { bibleRoutes } from './bible/routes.ts';
import { cutRoutes } from './cut/routes.ts';
import { createShareLinks } from './cut/share-links.ts';
import { attachSockets } from './live/sockets.ts';
import { tellTaskEvents, toPreview } from './live/task-events.ts';
import { tellTaskLists } from './live/task-list-hints.ts';
import { farmRoutes } from './farm/routes.ts';
import { mediaRoutes } from './media/routes.ts';
import { createPictureProcess } from './media/picture-process.ts';
import { createTakeVotes } from './media/take-votes.ts';
import { createTakes } from './media/takes.ts';
import { createUploadTake } from './media/upload-take.ts';
import { testPicture } from './media/test-picture.ts';
import { toPng } from './media/to-png.ts';
import { createAdmission, quotaExceeded } from './plan/admission.ts';
import { createQuotas } from './plan/quotas.ts';
import { planRoutes } from './plan/routes.ts';
import { createUsages } from './plan/usages.ts';
import { createTurns } from './plan/turns.ts';
import { openFarm } from './open-farm.ts';
import { openProviders } from './open-providers.ts';
import { openReview } from './open-review.ts';
import type { MustNotShowApproved } from './review/approved-take.ts';
import type { Studio, StudioContext } from './studio.ts';
import { createAnnounce } from './task/announce.ts';
import { generationRoutes } from './task/generation-routes.ts';
import { createGenerations } from './task/generations.ts';
import { createMadeBefore } from './task/made-before.ts';
import { createPauses } from './task/pauses.ts';
import { createQueueView } from './task/queue-view.ts';
import { taskRoutes } from './task/routes.ts';
import { createTryWorkflow } from './task/try-workflow.ts';
import { workflowRoutes } from './workflow/routes.ts';
import { sweepLeavers } from './task/sweep-leavers.ts';
import { createTasks } from './task/tasks.ts';

/** Opens the rooms of tasks, takes and films, and the hints about them. */
export async function openStudio(context: StudioContext): Promise<Studio> {
	const { bus, config, mongo, log, server, documents, projects, access, signIns, allowedOrigin, note, newId, now } =
		context;
	const { db, connection } = mongo;
	const store = createTaskStore(db);
	const takes = createTakeStore(db);
	const films = createFilmStore(db);
	const assetPictures = createAssetPictureStore(db);
	const takeVotes = createTakeVoteStore(db);
	const previews = createPreviewStore(db);
	const links = createShareLinkStore(connection);
	const quotas = createQuotaStore(db);
	const ledger = createLedgerStore(db);
	const usage = createUsageStore(db);
	const pauses = createPauseStore(db);
	const workers = createWorkerStore(db);
	const view = createQueueView({ store, pauses, workers, durations: createDurationStore(db), now });
	const { farm, openWorkflows } = await openFarm(context);
	const stores = [
		store,
		takes,
		films,
		assetPictures,
		takeVotes,
		previews,
		links,
		quotas,
		ledger,
		usage,
		pauses,
		workers,
	];
	await Promise.all(stores.map((each) => each.ready()));
	const files = createFiles(join(config.DATA_DIR, 'files'));
	const pictures = createPictureProcess();
	const ringer = await createRinger({
		addresses: async () => (await workers.alive(now())).map(({ bell }) => bell),
		log,
	});
	const queue = createQueue({ db, log });
	const announce = createAnnounce({ ringer, queue });
	const charges = createCharges({ quotas, ledger, tasks: store, log, now });
	const providers = await openProviders(context, async (workspaceId, accountId) =>
		(await farm.isThere()) ? workflows.offered(workspaceId, accountId) : [],
	);
	const prices = { sketch: config.SKETCH_UNITS };
	const { planOf } = context;
	const submitting = {
		store,
		takes,
		previews,
		ringer,
		present: view.present,
		announce,
		documents,
		formatOf: (id: string) => projects.find(id),
		knownPictures: assetPictures.known,
		approvedShots: (id: string): Promise<Set<string>> => review.approvedShots(id),
		modelsOf: providers.modelsOf,
		fingerprint: createFingerprint(),
		madeBefore: createMadeBefore({
			takes,
			files,
			workspaceOf: projects.workspaceOf,
			projectIdsOfWorkspace: projects.idsOfWorkspace,
			now,
		}),
		admit: createAdmission({ charges, planOf, prices, now }),
		takeTurns: createTurns({ store, planOf, now }),
		quotaExceeded,
		prices,
		settle: charges.settle,
		now,
		newId,
	};
	const { projectIdsOf } = context;
	const mustNotShowApproved: MustNotShowApproved = (take) => review.mustNotShowApproved(take);
	const tasks = createTasks({ ...submitting, keptDays: config.TASK_KEEP_DAYS || null, projectIdsOf });
	const held = createPauses({ store: pauses, announce, now });
	const generations = createGenerations({
		...submitting,
		promptProjectOf: context.promptProjectOf,
		modelsOfOwn: async (accountId: string) =>
			providers.modelsOfWorkspace(await context.ownWorkspaceOf(accountId), accountId),
		projectIdsOf,
		pathOf: files.pathOf,
		mustNotShowApproved,
		toPng,
	});
	const workflows = openWorkflows(
		createTryWorkflow({
			...submitting,
			promptProjectOf: context.promptProjectOf,
			testPicture: async () => (await files.put(await testPicture())).sha256,
		}),
	);
	const projectNameOf = async (id: string) => (await projects.find(id))?.name ?? null;
	const findFilm = async (id: string) => {
		const film = await films.find(id);
		return film === null ? null : toFilm(film);
	};
	const filmsOf = async (projectId: string) => (await films.list(projectId)).map(toFilm);
	const shareLinks = createShareLinks({ links, findFilm, projectNameOf, now, newId });
	const sockets = attachSockets({
		server,
		signIns,
		roleOf: access.roleOf,
		allowedOrigin,
		log,
		stateOf: async (projectId) => {
			const [current, taken, rendered, pause] = await Promise.all([
				tasks.current(projectId),
				takes.list(projectId),
				filmsOf(projectId),
				held.of(projectId),
			]);
			return { tasks: current, takes: taken.map(toTake), films: rendered, pause };
		},
		previewsOf: async (projectId) => (await previews.list(projectId)).map(toPreview),
	});
	const { askers } = store;
	const leavers = sweepLeavers({ askers, roleOf: access.roleOf, cancelOf: tasks.cancelOf, log });
	const untell = tellTaskEvents({
		bus,
		sockets,
		present: view.present,
		queued: store.queuedIn,
		onError: (error) => log.warn({ err: error }, 'a hint could not be told'),
	});
	const untellLists = tellTaskLists({
		bus,
		sockets,
		present: view.present,
		readersOf: context.membersOf,
		onError: (error) => log.warn({ err: error }, 'changes of tasks could not be told'),
	});
	const filmProject = async (id: string) => (await findFilm(id))?.projectId ?? null;
	const review = await openReview(context, {
		bus,
		sockets,
		filmProject,
		openLink: shareLinks.open,
		takesOf: async (projectId) => (await takes.list(projectId)).map(toTake),
	});
	const untouch = (['takes', 'films'] as const).map((topic) =>
		bus.on(topic, ({ projectId, createdAt }) => {
			projects
				.touch(projectId, createdAt)
				.catch((error: unknown) => log.warn({ err: error, projectId }, 'a change was not noted'));
		}),
	);
	// Every server hears of every take and film; noted by all of them, it is noted once.
	const unnote = [
		bus.on('takes', ({ projectId, createdBy: by, shotId, createdAt: at, discardedAt }) => {
			if (discardedAt === undefined) note({ projectId, by, kind: 'generated', subject: {}, things: [shotId], at });
		}),
		bus.on('films', ({ projectId, createdBy: by, _id: filmId, createdAt: at }) =>
			note({ projectId, by, kind: 'rendered', subject: { filmId }, at }),
		),
		bus.on('reviews', ({ projectId, by, shotId, status, at, changedAt }) => {
			if (status === 'approved' && changedAt === undefined)
				note({ projectId, by, kind: 'approved', subject: { shotId }, at });
		}),
		bus.on('notes', ({ projectId, author, target, noteId, revision, createdAt: at }) => {
			if (author.kind !== 'member' || revision > 1) return;
			const subject = target?.kind === 'shot' ? { shotId: target.shotId } : {};
			note({ projectId, by: author.id, kind: 'noted', subject, things: [noteId], at });
		}),
		bus.on('takeVotes', ({ projectId, takeId }) => sockets.tell(projectId, 'take.voted', { projectId, takeId })),
		bus.on('activities', ({ projectId, by }) => sockets.tell(projectId, 'activity.added', { projectId, by })),
	];
	return {
		routes: [
			...review.routes,
			...farmRoutes(farm),
			...workflowRoutes(workflows),
			...providers.routes,
			...taskRoutes(tasks, held),
			...generationRoutes(generations),
			...planRoutes(
				createQuotas({ store: quotas, planOf, prices, now }),
				createUsages({
					store: usage,
					projectsOf: (workspaceId) => projects.ofWorkspaces([workspaceId]),
					namesOf: context.namesOf,
					now,
				}),
			),
			...mediaRoutes({
				takes: createTakes({
					store: takes,
					taskOf: store.find,
					namesOf: context.namesOf,
					pathOf: files.pathOf,
					mustNotShowApproved,
					now,
				}),
				votes: createTakeVotes({ store: takeVotes, takes, now }),
				uploadTake: createUploadTake({
					takes,
					files,
					prepare: pictures.prepare,
					...providers.asking,
					documents,
					approvedShots: submitting.approvedShots,
					styleOf: async (id) => (await projects.find(id))?.style ?? null,
					now,
					newId,
				}),
			}),
			...bibleRoutes(createAssetPictures({ store: assetPictures, files, prepare: pictures.prepare, now })),
			...cutRoutes({ films: { list: filmsOf, find: findFilm }, shareLinks, projectNameOf, pathOf: files.pathOf }),
		],
		coverTakeOf: (projectIds) => takes.covers(projectIds),
		generateBoard: (projectId, accountId) =>
			tasks.generateMissing(projectId, { id: accountId, name: 'Reelroom', inBackground: true }),
		onProjectChanged: (projectId) => sockets.tell(projectId, 'project.changed', { id: projectId }),
		async beforeProjectDeleted(project) {
			await usage.keepPast(project);
		},
		async onProjectDeleted(projectId) {
			// Tasks first: a worker that finds its own gone takes back what it has just added.
			const open = await store.reservedIn(projectId);
			await store.removeOfProject(projectId);
			await Promise.all(open.map((task) => charges.settle({ ...task, status: 'cancelled' })));
			await Promise.all(
				[takes, films, assetPictures, takeVotes, links, pauses].map((each) => each.removeOfProject(projectId)),
			);
			await review.onProjectDeleted(projectId);
			sockets.tell(projectId, 'access.ended', { projectId });
		},
		onProjectGone: (projectId) => sockets.tell(projectId, 'access.ended', { projectId }),
		onRevoked: sockets.revoke,
		onRoleChanged: sockets.askRoles,
		onSignInEnded: sockets.endSignIn,
		onMemberRemoved: tasks.cancelOf,
		async close() {
			untell();
			untellLists();
			await leavers.close();
			await review.close();
			for (const end of [...untouch, ...unnote]) end();
			await sockets.close();
			await Promise.all([queue.close(), ringer.close(), pictures.close()]);
		},
	};
}
