import { SvelteMap } from 'svelte/reactivity';
import { isFinished, type Task } from '@reelroom/shared/task/task.ts';
import { groupByShot } from './group-by-shot.ts';

type Preview = { url: string; stage: string };

/** The tasks of the open project, with the newest preview of each that runs. */
export class ProjectTasks {
	readonly previews = new SvelteMap<string, Preview>();
	readonly #known = new SvelteMap<string, Task>();
	/** Tasks whose takes are to be in use once they are there. */
	readonly #adopted = new Set<string>();
	readonly #use: (ended: Task) => void;

	/** `use` is told of an adopted task that has ended. */
	constructor(use: (ended: Task) => void) {
		this.#use = use;
	}

	readonly all: Task[] = $derived.by(() => [...this.#known.values()]);
	readonly byShot: Map<string, Task[]> = $derived.by(() => groupByShot(this.all));
	/** Those that have not ended: what runs first, then what waits by its place. */
	readonly active: Task[] = $derived.by(() =>
		this.all
			.filter(({ status }) => !isFinished(status))
			.sort((a, b) => rank(a) - rank(b) || (a.place ?? 0) - (b.place ?? 0)),
	);

	get(id: string): Task | undefined {
		return this.#known.get(id);
	}
	/**
	 * Takes in a task that a call answered, or that the server told of by itself, and answers whether it did: a late one is dropped.
	 * Of one revision what is told knows more of the queue than a reply.
	 */
	keep(task: Task, isTold = false): boolean {
		const known = this.#known.get(task.id);
		if (known !== undefined && (isTold ? known.revision > task.revision : known.revision >= task.revision))
			return false;
		this.#known.set(task.id, task);
		if (isFinished(task.status)) {
			this.#dropPreview(task.id);
			if (this.#adopted.delete(task.id)) this.#use(task);
		}
		return true;
	}
	/** Takes in tasks whose takes are to be in use once they are there, whatever is selected then. */
	adopt(tasks: readonly Task[]): void {
		for (const task of tasks) {
			this.#adopted.add(task.id);
			// It may have come to its end before its request was answered.
			this.keep(task);
			const known = this.#known.get(task.id);
			if (known !== undefined && isFinished(known.status) && this.#adopted.delete(task.id)) this.#use(known);
		}
	}
	remove(id: string): void {
		this.#known.delete(id);
		this.#dropPreview(id);
	}
	/** Shows the newest preview; one that comes after the end of its task is late. */
	previewed(taskId: string, stage: string, bytes: ArrayBuffer): void {
		const task = this.#known.get(taskId);
		if (task !== undefined && isFinished(task.status)) return;
		const old = this.previews.get(taskId);
		this.previews.set(taskId, { url: URL.createObjectURL(new Blob([bytes], { type: 'image/webp' })), stage });
		if (old !== undefined) URL.revokeObjectURL(old.url);
	}
	destroy(): void {
		for (const { url } of this.previews.values()) URL.revokeObjectURL(url);
	}

	#dropPreview(taskId: string): void {
		const old = this.previews.get(taskId);
		if (old === undefined) return;
		this.previews.delete(taskId);
		URL.revokeObjectURL(old.url);
	}
}

const rank = (task: Task): number => (task.status === 'queued' ? 1 : 0);
