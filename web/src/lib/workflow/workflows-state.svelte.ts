import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { workflowApi } from '@reelroom/shared/workflow/api.ts';
import type { WorkflowDetail, WorkflowSummary } from '@reelroom/shared/workflow/own-workflow.ts';
import { can } from '@reelroom/shared/workspace/access.ts';
import type { Workspace } from '@reelroom/shared/workspace/workspace.ts';
import { call, fileUrl } from '#lib/call.ts';

const encoder = new TextEncoder();

/** The workflows of one workspace as its page shows them. */
export class WorkflowsState {
	readonly workspace: Workspace;
	all = $state.raw<WorkflowSummary[] | null>(null);
	failure = $state.raw<unknown>(null);

	constructor(workspace: Workspace) {
		this.workspace = workspace;
	}
	get canEdit(): boolean {
		return can(this.workspace.role, 'workflow.edit');
	}
	get own(): WorkflowSummary[] {
		return this.all?.filter(({ source }) => source === 'own') ?? [];
	}
	get ready(): WorkflowSummary[] {
		return this.all?.filter(({ source }) => source === 'ready') ?? [];
	}
	async load(): Promise<void> {
		try {
			this.all = await call(workflowApi.list, { params: { id: this.workspace.id } });
			this.failure = null;
		} catch (thrown) {
			this.failure = thrown;
		}
	}
	/** Takes a graph in, from a file or from what was pasted. */
	async import(source: File | string, title?: string): Promise<WorkflowDetail> {
		if (source instanceof File && source.size > limits.pictureBytes) throw new Problem('too-large');
		const bytes = typeof source === 'string' ? encoder.encode(source) : new Uint8Array(await source.arrayBuffer());
		const name =
			title ??
			(source instanceof File
				? source.name
						.replace(/\.\w+$/, '')
						.trim()
						.slice(0, 80)
				: '');
		const imported = await call(workflowApi.import, {
			params: { id: this.workspace.id },
			query: name === '' ? {} : { title: name },
			bytes,
		});
		await this.load();
		return imported;
	}
	/** A copy of one that may be changed. */
	async copy({ id }: WorkflowSummary, title: string): Promise<WorkflowDetail> {
		const file = await fetch(this.fileOf(id));
		if (!file.ok) throw new Problem('not-found');
		return this.import(await file.text(), title);
	}
	fileOf(workflowId: string): string {
		return fileUrl(workflowApi.file, { id: this.workspace.id, workflowId });
	}
	async edit({ id, revision }: WorkflowSummary, change: { title?: string; shared?: boolean }): Promise<void> {
		const params = { id: this.workspace.id, workflowId: id };
		try {
			await call(workflowApi.edit, { params, body: { revision, ...change } });
		} finally {
			await this.load();
		}
	}
	async remove({ id }: WorkflowSummary): Promise<void> {
		await call(workflowApi.remove, { params: { id: this.workspace.id, workflowId: id } });
		await this.load();
	}
	async restore({ id }: WorkflowSummary): Promise<void> {
		await call(workflowApi.restore, { params: { id: this.workspace.id, workflowId: id } });
		await this.load();
	}
}
