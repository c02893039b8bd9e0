import { createContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type * as Y from 'yjs';
import type { Account } from '@reelroom/shared/account/account.ts';
import type { Film } from '@reelroom/shared/cut/film.ts';
import type { Take } from '@reelroom/shared/board/take.ts';
import type { Shot } from '@reelroom/shared/board/shot.ts';
import { ProjectState } from '@reelroom/shared/live/events.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { projectApi } from '@reelroom/shared/project/api.ts';
import { followMoves, type Moves } from '@reelroom/shared/project/carry-words.ts';
import {
	boardTypesOf,
	editShot,
	findShot,
	readBoard,
	scriptOf,
	type Board,
	type Edit,
	type SceneOnBoard,
	type ShotOnBoard,
} from '@reelroom/shared/project/document.ts';
import type { Project } from '@reelroom/shared/project/project.ts';
import { isFinished, type Task, type TaskPause } from '@reelroom/shared/task/task.ts';
import { can } from '@reelroom/shared/workspace/access.ts';
import { closeCodes } from '@reelroom/shared/live/protocol.ts';
import { acting } from '#lib/acting.svelte.ts';
import { call } from '#lib/call.ts';
import { problemWords, t } from '#lib/i18n/words.svelte.ts';
import { followProject } from '#lib/live.ts';
import { BibleState } from '#lib/bible/bible-state.svelte.ts';
import { CurrencyState } from '#lib/bible/currency-state.svelte.ts';
import { ActivityState } from '#lib/activity/activity-state.svelte.ts';
import { Device } from '#lib/offline/device.ts';
import { unsentKey } from '#lib/offline/forget.ts';
import { Outbox, type Held } from '#lib/outbox/outbox.svelte.ts';
import { LiveDocument } from '#lib/live-document.ts';
import { groupByShot } from '#lib/task/group-by-shot.ts';
import type { MakingName } from '#lib/board/making.ts';
import { Lineages } from '#lib/take/lineages.svelte.ts';
import { UploadsState } from '#lib/take/uploads-state.svelte.ts';
import { VotesState } from '#lib/take/votes-state.svelte.ts';
import { cellOf, type Cell } from '#lib/task/cell.ts';
import { ProjectTasks } from '#lib/task/project-tasks.svelte.ts';
import { ModelState } from '#lib/provider/model-state.svelte.ts';
import { QuotaState } from '#lib/plan/quota-state.svelte.ts';
import { Notifications } from '#lib/review/notifications-state.svelte.ts';
import { ReviewState } from '#lib/review/review-state.svelte.ts';
import { whenIdle } from '#lib/ui/idle.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';
import { presenceColour } from '#lib/presence/presence.ts';
import { Presence } from '#lib/presence/presence-state.svelte.ts';
import { createUndo } from './undo.ts';

/** Changes that come together are kept together. */
const keepAfterMs = 1_000;

type Panel =
	'tasks' | 'notes' | 'break-down' | 'scenes' | 'inspector' | 'activity' | 'stale' | 'lineage' | 'discarded' | null;

/** Bytes for an id, also where `randomUUID` is withheld (plain http over a network). */
const newId = (): string =>
	[...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** All that the views of one open project share. */
export class StudioState {
	readonly account: Account;
	readonly live: LiveDocument;
	readonly tasks = new ProjectTasks((ended) => this.#use(ended));
	readonly takes = new SvelteMap<string, Take>();
	readonly presence: Presence;
	readonly activity: ActivityState;
	readonly outbox: Outbox;
	readonly review: ReviewState;
	readonly notifications: Notifications;
	readonly quota = new QuotaState();
	readonly model = new ModelState();
	readonly bible: BibleState;
	readonly currency: CurrencyState;
	readonly votes: VotesState;
	readonly uploads = new UploadsState();
	readonly lineages = new Lineages();
	readonly undo: Y.UndoManager;
	readonly edit: Edit;
	readonly moves: Moves;
	project = $state.raw() as Project;
	films = $state.raw<Film[]>([]);
	/** Whether the tasks of the project are held back. */
	pause = $state.raw() as TaskPause;
	save = $state.raw({
		state: 'loading' as LiveDocument['saveState'],
		pending: 0,
		kept: 0,
		isKeptHere: false,
		refusal: null as LiveDocument['refusal'],
	});
	selectedShotId = $state<string | null>(null);
	selectedSceneId = $state<string | null>(null);
	panel = $state<Panel>(null);
	/** What is about to be made of the chosen shot's picture: its model and cost are shown. */
	making = $state<MakingName | null>(null);
	/** Takes of the chosen shot are compared instead of the board. */
	comparing = $state(false);
	/** The take whose lineage is shown. */
	lineageOf = $state<string | null>(null);
	/** A place of the script that was asked for; the editor shows it. */
	scriptPlace = $state.raw<{ index: number; /** Shown only: caret and focus stay. */ quiet?: boolean } | null>(null);
	/** Nothing but the script on the screen, for writing. */
	quiet = $state(false);
	/** Versions are looked at instead of the present. */
	history = $state(false);
	/** Told to assistive technology. */
	announcement = $state('');
	ended = $state(false);
	#loaded = $state(false);
	#known = $state(false);
	#version = $state(0);
	readonly #close: (() => void)[] = [];
	readonly #device: Device;
	/** What the device was told last; null at first, for what an earlier visit told it. */
	#unsent: boolean | null = null;
	#keepTimer: ReturnType<typeof setTimeout> | undefined;
	#hasWarned = false;

	constructor(project: Project, account: Account) {
		this.project = project;
		this.account = account;
		this.pause = { projectId: project.id, isPaused: false, by: null, at: null };
		const colour = presenceColour(account.id);
		this.live = new LiveDocument({
			url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/sync`,
			projectId: project.id,
			user: { id: account.id, name: account.name, colour },
			getTicket: async () => (await call(projectApi.ticket, { params: { id: project.id } })).ticket,
		});
		// The editor's carets read `color`.
		this.live.awareness.setLocalStateField('user', {
			id: account.id,
			name: account.name,
			colour,
			color: colour,
			colorLight: `color-mix(in oklch, ${colour} 26%, transparent)`,
		});
		this.#device = new Device(account.id);
		this.notifications = new Notifications(this.#device);
		this.outbox = new Outbox({
			device: this.#device,
			projectId: project.id,
			newId,
			mayCall: () => this.save.state !== 'offline',
			answered: (answer) => {
				if (answer.name === 'task.generate') for (const task of answer.reply.tasks) this.tasks.keep(task);
				else this.review.answered(answer);
			},
			refused: (_held, problem) => toasts.show(problemWords(problem), { kind: 'danger' }),
			changed: () => this.#noteUnsent(),
		});
		this.review = new ReviewState({
			project,
			account,
			device: this.#device,
			outbox: this.outbox,
			newId,
		});
		void this.#recall();
		this.edit = { newId, origin: this };
		const { doc } = this.live;
		this.undo = createUndo(doc, this);
		this.moves = followMoves(doc);
		this.bible = new BibleState({ doc, board: () => this.board, project: () => this.project });
		this.currency = new CurrencyState({
			shots: () => this.shots,
			takes: () => [...this.takes.values()],
			bible: this.bible,
		});
		this.votes = new VotesState(project.id, account.id);
		this.#close.push(() => this.moves.stop());
		this.#watchDocument(doc);
		this.#close.push(
			this.live.onChange(this.#saved),
			followProject(project.id, {
				state: (state) => {
					this.#take(state);
					void this.review.refresh();
					void this.notifications.refresh();
					void this.quota.refresh();
					void this.model.refresh(project.id);
					void this.votes.refresh();
				},
				failed: (problem) => toasts.show(problemWords(problem), { kind: 'danger' }),
				'task.changed': (task) => this.#taskChanged(task),
				'task.previewed': ({ taskId, stage, bytes }) => this.tasks.previewed(taskId, stage, bytes),
				'take.added': (take) => {
					this.takes.set(take.id, take);
					// Another picture may be in use now than was approved.
					if (this.review.statusOf(take.shotId) === 'approved') void this.review.refresh();
					this.#keep();
				},
				'task.removed': ({ id }) => this.tasks.remove(id),
				'tasks.paused': (pause) => (this.pause = pause),
				'take.removed': ({ id }) => {
					this.takes.delete(id);
					this.#keep();
				},
				'take.voted': () => void this.votes.refresh(),
				'film.added': (film) => (this.films = [film, ...this.films.filter(({ id }) => id !== film.id)]),
				'activity.added': ({ by }) => by !== account.id && this.activity.heard(),
				'project.changed': () => void this.refresh(),
				'note.changed': () => void this.review.refresh(),
				'review.changed': () => void this.review.refresh(),
				'notifications.changed': () => void this.notifications.refresh(),
				'access.ended': () => (this.ended = true),
			}),
		);
		this.activity = new ActivityState(project.id);
		this.presence = new Presence(this.live.awareness, account.id);
		this.#saved();
	}

	#watchDocument(doc: Y.Doc): void {
		const changed = (): void => {
			this.#version++;
		};
		let timer: ReturnType<typeof setTimeout> | undefined;
		let callOff = (): void => undefined;
		const textChanged = (): void => {
			clearTimeout(timer);
			callOff();
			// Whoever goes on typing has their letters shown first.
			timer = setTimeout(() => (callOff = whenIdle(changed)), 150);
		};
		for (const type of boardTypesOf(doc)) type.observeDeep(changed);
		scriptOf(doc).observe(textChanged);
		this.#close.push(() => {
			clearTimeout(timer);
			callOff();
		});
	}

	readonly #saved = (): void => {
		const before = this.save.state;
		const { saveState, pendingChanges, keptChanges, isKeptHere, refusal } = this.live;
		this.save = { state: saveState, pending: pendingChanges, kept: keptChanges, isKeptHere, refusal };
		// What is held may be about shots that had to arrive first. The first time it may be left from an earlier visit.
		if (this.save.state === 'saved' && (before === 'loading' || this.outbox.held.length > 0)) void this.outbox.flush();
		if (this.save.state !== 'loading') this.#loaded = true;
		this.#noteUnsent();
		if (this.live.keepsNothing && !this.#hasWarned && acting.displaced === null) {
			this.#hasWarned = true;
			toasts.show(t('studio.keepsNothing'), { kind: 'danger' });
		}
		// The sign-in has ended, in whatever way: what was not sent waits on this device for whoever signs in again.
		if (this.live.closedFor === closeCodes.signIn) acting.displace('ended');
		if (this.live.closedFor === 4403 || this.live.closedFor === 4404) this.ended = true;
	};

	/** Whoever logs out later, in whatever window, is told that this device has changes that nobody else has. */
	#noteUnsent(): void {
		const isUnsent = this.save.pending > 0 || this.outbox.held.length > 0;
		if (this.#unsent === isUnsent || (!isUnsent && this.save.state !== 'saved')) return;
		this.#unsent = isUnsent;
		const key = unsentKey(this.project.id);
		void (isUnsent ? this.#device.put(key, this.project.name) : this.#device.remove(key));
	}

	/** The board as it stands. */
	readonly board: Board = $derived.by(() => {
		void this.#version;
		return readBoard(this.live.doc);
	});
	/** False until the document was read from this device or the server. */
	get loaded(): boolean {
		return this.#loaded;
	}
	/** False until it is known which pictures there are: before that an empty cell may only seem so. */
	get known(): boolean {
		return this.#known;
	}
	get canEdit(): boolean {
		return can(this.project.role, 'document.edit');
	}
	readonly shots: ShotOnBoard[] = $derived.by(() => this.board.scenes.flatMap((scene) => scene.shots));
	readonly selectedShot: ShotOnBoard | null = $derived.by(() =>
		this.selectedShotId === null ? null : findShot(this.board, this.selectedShotId),
	);
	readonly takesByShot: Map<string, Take[]> = $derived.by(() =>
		groupByShot([...this.takes.values()].sort((a, b) => a.number - b.number)),
	);

	cell(shot: ShotOnBoard): Cell {
		const cell = cellOf(shot, this.takesByShot.get(shot.id) ?? [], this.tasks.byShot.get(shot.id) ?? []);
		return cell.task === null && this.heldFor(shot, cell) !== undefined ? { ...cell, state: 'held' } : cell;
	}
	/** A request for this shot's picture that waits for the network: it names the shot, or means every shot without one. */
	heldFor(shot: Pick<ShotOnBoard, 'id'>, cell: Pick<Cell, 'take'>): Held | undefined {
		return this.outbox.held.find(
			(held) => held.name === 'task.generate' && (held.request.body?.shotIds?.includes(shot.id) ?? cell.take === null),
		);
	}
	sceneOf(shotId: string): SceneOnBoard | null {
		return this.board.scenes.find((scene) => scene.shots.some(({ id }) => id === shotId)) ?? null;
	}
	/** Shows a scene in the present view; the studio says how. */
	goToScene: (sceneId: string) => void = () => undefined;
	select(shotId: string | null): void {
		if (this.selectedShotId !== shotId) this.making = null;
		if (shotId === null) this.comparing = false;
		this.selectedShotId = shotId;
		if (shotId !== null) this.selectedSceneId = this.sceneOf(shotId)?.id ?? null;
	}
	change(shotId: string, change: Partial<Omit<Shot, 'id' | 'sceneId' | 'order'>>): void {
		if (!this.canEdit) return;
		// The fields of one change belong together; a later word about the same fields takes its place.
		const about = `${shotId}/${Object.keys(change).sort().join()}`;
		this.review.beforeChange([shotId], about, () => editShot(this.live.doc, this.edit, shotId, change));
	}
	#use({ shotId, takeId }: Task): void {
		const shot = shotId === null ? null : findShot(this.board, shotId);
		if (shot === null || takeId === null || !this.canEdit || this.cell(shot).take?.id === takeId) return;
		editShot(this.live.doc, this.edit, shot.id, { selectedTakeId: takeId });
	}
	/** Compares the takes of the chosen shot in the place of the board. */
	compareTakes(): void {
		this.comparing = true;
		if (this.panel === 'inspector') this.panel = null;
	}
	showLineage(takeId: string): void {
		this.lineageOf = takeId;
		this.panel = 'lineage';
	}
	async refresh(): Promise<void> {
		try {
			this.project = await call(projectApi.read, { params: { id: this.project.id } });
		} catch (failure) {
			if (failure instanceof Problem && failure.code === 'not-found') this.ended = true;
			else if (!(failure instanceof Problem)) throw failure;
		}
	}
	destroy(): void {
		for (const close of this.#close) close();
		this.tasks.destroy();
		clearTimeout(this.#keepTimer);
		this.outbox.close();
		this.quota.close();
		this.presence.destroy();
		this.currency.destroy();
		this.bible.destroy();
		this.activity.destroy();
		this.undo.destroy();
		void this.live.destroy();
		void this.#device.close();
	}

	#take(state: ProjectState): void {
		for (const task of state.tasks) this.tasks.keep(task, true);
		for (const take of state.takes) this.takes.set(take.id, take);
		this.films = state.films;
		if (state.pause !== undefined) this.pause = state.pause;
		this.#known = true;
		this.#keep();
	}
	/** Keeps on this device which pictures there are, so that a board opens with them where there is no network. */
	#keep(): void {
		clearTimeout(this.#keepTimer);
		this.#keepTimer = setTimeout(() => {
			const finished = this.tasks.all.filter(({ status }) => isFinished(status));
			const state = { tasks: finished, takes: [...this.takes.values()], films: this.films, pause: this.pause };
			void this.#device.put(this.#stateKey, state satisfies ProjectState);
		}, keepAfterMs);
	}
	async #recall(): Promise<void> {
		const kept = ProjectState.safeParse(await this.#device.read(this.#stateKey));
		// What the server said meanwhile is newer.
		if (kept.success && !this.#known) this.#take(kept.data);
	}
	get #stateKey(): string {
		return `state/${this.project.id}`;
	}
	#taskChanged(task: Task): void {
		const before = this.tasks.get(task.id)?.status;
		if (!this.tasks.keep(task, true) || before === task.status) return;
		if (task.createdBy === this.account.id) this.quota.heard();
		if (task.status === 'running') this.announcement = t('studio.sayStarted', { label: task.label });
		if (task.status === 'succeeded') this.announcement = t('studio.sayDone', { label: task.label });
		if (task.status === 'failed') this.announcement = t('studio.sayFailed', { label: task.label });
	}
}

/** The open project for every component below. */
export const [studioOf, setStudio] = createContext<StudioState>();
