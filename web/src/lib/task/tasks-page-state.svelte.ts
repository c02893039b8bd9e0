import { SvelteSet } from 'svelte/reactivity';
import type { ReplyOf } from '@reelroom/shared/http/endpoint.ts';
import type { TaskListChange } from '@reelroom/shared/live/events.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { projectApi } from '@reelroom/shared/project/api.ts';
import type { Project } from '@reelroom/shared/project/project.ts';
import { taskApi } from '@reelroom/shared/task/api.ts';
import { isFinished, type Task } from '@reelroom/shared/task/task.ts';
import { can, type Action } from '@reelroom/shared/workspace/access.ts';
import { workspaceApi } from '@reelroom/shared/workspace/api.ts';
import { call } from '#lib/call.ts';
import { filterQuery, noFilter, type TaskFilter } from './task-filter.ts';
import { applyChanges } from './task-list.ts';

const pageSize = 50;
export type BatchAction = 'cancel' | 'retry' | 'delete' | 'restore';
/** What became of a batch: which ones were done, and of those that could not why. */
export type BatchResult = { done: string[]; refused: number; code: string | null };
/** The list is read anew at most this often. */
const againMs = 1_000;

type Page = ReplyOf<typeof taskApi.search>;

const pageOf = (filter: TaskFilter, before: string | null): Promise<Page> =>
	call(taskApi.search, {
		query: { ...filterQuery(filter), limit: String(pageSize), ...(before === null ? {} : { before }) },
	});

/** The tasks of all one's projects, as far as they were looked at. */
export class TasksPageState {
	filter = $state.raw<TaskFilter>(noFilter);
	tasks = $state.raw<Task[] | null>(null);
	next = $state.raw<string | null>(null);
	failure = $state.raw<unknown>(null);
	keptDays = $state.raw<number | null>(null);
	loadingMore = $state(false);
	projects = $state.raw<Project[]>([]);
	people = $state.raw<{ id: string; name: string }[]>([]);
	readonly chosen = new SvelteSet<string>();
	/** Grows with each filter: what an older one brings is not shown. */
	#round = 0;
	#reading: ReturnType<typeof setTimeout> | undefined;

	/** Whom and what there is to filter by. */
	async loadChoices(): Promise<void> {
		const [projects, workspaces] = await Promise.all([call(projectApi.list), call(workspaceApi.list)]);
		this.projects = projects;
		const members = await Promise.all(workspaces.map(({ id }) => call(workspaceApi.members, { params: { id } })));
		const people = new Map(members.flat().map(({ accountId, name }) => [accountId, name]));
		this.people = [...people].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name));
	}
	/** Shows what fits from now on. */
	async show(filter: TaskFilter): Promise<void> {
		this.#round++;
		this.filter = filter;
		this.tasks = null;
		this.chosen.clear();
		await this.load();
	}
	/** Loads the first page, or again as much as is shown. */
	async load(): Promise<void> {
		const round = this.#round;
		const shown = Math.max(pageSize, this.tasks?.length ?? 0);
		const found: Task[] = [];
		let next: string | null = null;
		try {
			do {
				const page: Page = await pageOf(this.filter, next);
				if (round !== this.#round) return;
				found.push(...page.tasks);
				this.keptDays = page.keptDays;
				next = page.next;
			} while (next !== null && found.length < shown);
			this.tasks = found;
			this.next = next;
			this.failure = null;
			for (const id of this.chosen) if (!found.some((task) => task.id === id)) this.chosen.delete(id);
		} catch (error) {
			if (round === this.#round) this.failure = error;
		}
	}
	/** Loads the page behind what is shown. */
	async more(): Promise<void> {
		if (this.next === null || this.loadingMore || this.tasks === null) return;
		const round = this.#round;
		this.loadingMore = true;
		try {
			const { tasks, next } = await pageOf(this.filter, this.next);
			if (round !== this.#round) return;
			const known = new Set(this.tasks.map(({ id }) => id));
			this.tasks = [...this.tasks, ...tasks.filter(({ id }) => !known.has(id))];
			this.next = next;
		} catch (error) {
			if (round === this.#round) this.failure = error;
		} finally {
			this.loadingMore = false;
		}
	}
	/** Shows what the server tells has changed. */
	heard(changes: readonly TaskListChange[]): void {
		if (this.tasks === null) return;
		const how = { filter: this.filter, isWhole: this.next === null };
		const { list, again } = applyChanges(this.tasks, changes, how);
		this.tasks = [...list];
		const shown = new Set(list.map(({ id }) => id));
		for (const id of this.chosen) if (!shown.has(id)) this.chosen.delete(id);
		if (again) this.again();
	}
	/** Reads the list anew soon; asked often, it is read once. */
	again(): void {
		this.#reading ??= setTimeout(() => {
			this.#reading = undefined;
			void this.load();
		}, againMs);
	}
	close(): void {
		clearTimeout(this.#reading);
	}
	/** Whether something that is shown will change by itself. */
	get isMoving(): boolean {
		return this.tasks?.some(({ status }) => !isFinished(status)) ?? false;
	}
	projectOf({ projectId }: Task): Project | undefined {
		return this.projects.find(({ id }) => id === projectId);
	}
	may(action: Action, task: Task): boolean {
		const role = this.projectOf(task)?.role;
		return role !== undefined && can(role, action);
	}
	choose(id: string, isChosen: boolean): void {
		if (isChosen) this.chosen.add(id);
		else this.chosen.delete(id);
	}
	chooseAll(): void {
		for (const { id } of this.tasks ?? []) this.chosen.add(id);
	}
	/** Does one thing to many tasks, and shows what came of it. */
	async batch(action: BatchAction, ids: readonly string[]): Promise<BatchResult> {
		const result: BatchResult = { done: [], refused: 0, code: null };
		for (let at = 0; at < ids.length; at += limits.pageItems) {
			const body = { action, ids: ids.slice(at, at + limits.pageItems) };
			const { done, refused } = await call(taskApi.batch, { body });
			result.done.push(...done);
			result.refused += refused.length;
			result.code ??= refused[0]?.code ?? null;
			for (const id of done) this.chosen.delete(id);
		}
		await this.load();
		return result;
	}
}
