import type { Take } from '@reelroom/shared/board/take.ts';
import { isFinished, type Task } from '@reelroom/shared/task/task.ts';
import { workflowApi } from '@reelroom/shared/workflow/api.ts';
import { call } from '#lib/call.ts';
import { followProject } from '#lib/live.ts';

/** One generation to see what a workflow does: its frames as they form, and what came out. */
export class Trial {
	task = $state.raw<Task | null>(null);
	preview = $state.raw<string | null>(null);
	take = $state.raw<Take | null>(null);
	failure = $state.raw<unknown>(null);
	asking = $state(false);
	#unfollow: (() => void) | null = null;

	get isBusy(): boolean {
		return this.asking || (this.task !== null && !isFinished(this.task.status));
	}
	get isVideo(): boolean {
		return this.take?.kind === 'video';
	}
	async start(params: { id: string; workflowId: string }, body: { version: number; prompt: string }): Promise<void> {
		this.close();
		[this.task, this.take, this.failure] = [null, null, null];
		this.asking = true;
		try {
			const task = await call(workflowApi.try, { params, body });
			this.task = task;
			this.#unfollow = followProject(task.projectId, {
				state: ({ tasks, takes }) => {
					const now = tasks.find(({ id }) => id === task.id);
					if (now !== undefined) this.#changed(now);
					const made = takes.find(({ taskId }) => taskId === task.id);
					if (made !== undefined) this.take = made;
				},
				failed: (problem) => (this.failure = problem),
				'task.changed': (changed) => changed.id === task.id && this.#changed(changed),
				'task.previewed': ({ taskId, bytes }) => taskId === task.id && this.#show(bytes),
				'take.added': (take) => take.taskId === task.id && (this.take = take),
			});
		} catch (thrown) {
			this.failure = thrown;
		}
		this.asking = false;
	}
	#changed(task: Task): void {
		if (this.task === null || task.revision > this.task.revision) this.task = task;
	}
	#show(bytes: ArrayBuffer | Uint8Array): void {
		if (this.preview !== null) URL.revokeObjectURL(this.preview);
		this.preview = URL.createObjectURL(new Blob([bytes as BlobPart], { type: 'image/webp' }));
	}
	close(): void {
		this.#unfollow?.();
		this.#unfollow = null;
		if (this.preview !== null) URL.revokeObjectURL(this.preview);
		this.preview = null;
	}
}
