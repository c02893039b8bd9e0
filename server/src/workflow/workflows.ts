import { limits } from '@reelroom/shared/limits.ts';
import type { WorkflowRecord, WorkflowStore } from '@reelroom/shared/node/stores/workflow-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { formatGraphFault } from '@reelroom/shared/provider/check-graph.ts';
import { formatExactJson } from '@reelroom/shared/provider/exact-json.ts';
import { guessBindings } from '@reelroom/shared/provider/guess-bindings.ts';
import type { OfferedWorkflow } from '@reelroom/shared/provider/offered-models.ts';
import { Workflow, type BindingName } from '@reelroom/shared/provider/workflow.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import { judge, type Judgement } from '@reelroom/shared/workflow/judge.ts';
import {
	parseWorkflow,
	wholeWorkflow,
	type NewVersion,
	type Trial,
	type WorkflowContent,
	type WorkflowDetail,
	type WorkflowParameter,
	type WorkflowSummary,
	type WorkflowVersionSummary,
} from '@reelroom/shared/workflow/own-workflow.ts';
import { readWorkflowFile } from '@reelroom/shared/workflow/read-workflow-file.ts';
import { parametersOf, setValues, viewGraph } from '@reelroom/shared/workflow/view-graph.ts';
import type { KnownFarm } from '../farm/farm.ts';
import type { Actor, FileReply } from '../http/on.ts';
import type { createTryWorkflow } from '../task/try-workflow.ts';

export type WorkflowsDeps = {
	store: WorkflowStore;
	ready: readonly Workflow[];
	known: () => Promise<KnownFarm>;
	/** Queues a generation to see what a workflow does. */
	tryOut: TryWorkflow;
	namesOf: (ids: readonly string[]) => Promise<Map<string, string>>;
	now: () => Date;
	newId: () => string;
};
type TryWorkflow = ReturnType<typeof createTryWorkflow>;
/** A workflow with the content of one of its versions. */
type Found = { record: WorkflowRecord | null; ready: Workflow | null; version: number; content: WorkflowContent };
export type Workflows = ReturnType<typeof createWorkflows>;

const contentsMost = 300;
const faultsTold = 8;
const contentOf = ({ kind, bindings, graph, exposed = [], tags = [] }: Workflow): WorkflowContent => ({
	kind,
	bindings,
	exposed,
	tags,
	graph,
});

/** The workflows of workspaces: taken in, looked at, bound, saved as versions, shared. Who may not see one is told that it is not there. */
export function createWorkflows({ store, ready, known, tryOut, namesOf, now, newId }: WorkflowsDeps) {
	const contents = new Map<string, WorkflowContent>();
	const judged = { stamp: '', by: new Map<string, Judgement>() };

	const remember = (key: string, content: WorkflowContent): WorkflowContent => {
		contents.delete(key);
		contents.set(key, content);
		const [oldest] = contents.keys();
		if (contents.size > contentsMost && oldest !== undefined) contents.delete(oldest);
		return content;
	};
	const parse = (id: string, version: number, text: string): WorkflowContent => {
		const key = `${id}/${version}`;
		const held = contents.get(key);
		// What is stored was checked when it came in; it is checked again, as a later version of the product may hold it to more.
		return remember(key, held ?? contentOf(parseWorkflow(id, version, text)));
	};
	const judgeOf = (key: string, content: WorkflowContent, farm: KnownFarm): Judgement => {
		if (judged.stamp !== farm.stamp) Object.assign(judged, { stamp: farm.stamp, by: new Map() });
		const found = judged.by.get(key) ?? judge(content, farm.nodes, farm.allowed);
		judged.by.set(key, found);
		return found;
	};
	const summaryOf = (
		{ record, ready: own, version, content }: Found,
		farm: KnownFarm,
		names: ReadonlyMap<string, string>,
	): WorkflowSummary => {
		const id = record?._id ?? own?.name ?? '';
		const { able, faults } = judgeOf(`${id}/${version}`, content, farm);
		const same = (words: string) => ({ en: words, 'zh-CN': words });
		return {
			id,
			source: record === null ? 'ready' : 'own',
			titles: own?.title ?? same(record?.title ?? ''),
			abouts: own?.about ?? same(record?.about ?? ''),
			kind: content.kind,
			version,
			shared: record?.shared ?? true,
			revision: record?.revision ?? 1,
			tags: content.tags,
			createdBy: record?.createdBy ?? null,
			createdByName: record === null ? '' : (names.get(record.createdBy) ?? ''),
			changedAt: record?.changedAt.toISOString() ?? null,
			runs: { able: able.length, of: farm.nodes.length },
			faults: faults.slice(0, faultsTold),
		};
	};
	const present = async (found: Found): Promise<WorkflowSummary> =>
		summaryOf(found, await known(), await namesOf(found.record === null ? [] : [found.record.createdBy]));
	const detailOf = async (found: Found): Promise<WorkflowDetail> => {
		const [farm, summary] = await Promise.all([known(), present(found)]);
		const { graph, bindings, exposed } = found.content;
		return {
			...summary,
			faults: judge(found.content, farm.nodes, farm.allowed).faults.slice(0, 500),
			bindings,
			guessed: guessBindings(graph),
			exposed,
			nodes: viewGraph(graph, farm.classes),
		};
	};
	/** Those of the workspace's own that a member may see, in their newest versions, then the ready ones. */
	const foundOf = async (workspaceId: string, accountId: string): Promise<Found[]> => {
		const records = await store.list(workspaceId, accountId);
		const lacking = records.filter(({ _id, version }) => !contents.has(`${_id}/${version}`));
		const texts = await store.texts(lacking);
		const own = records.flatMap((record): Found[] => {
			const { _id, version } = record;
			const content = contents.get(`${_id}/${version}`);
			const text = texts.get(_id);
			if (content === undefined && text === undefined) return [];
			return [{ record, ready: null, version, content: content ?? parse(_id, version, text ?? '') }];
		});
		return [
			...own,
			...ready.map((each): Found => ({ record: null, ready: each, version: each.version, content: contentOf(each) })),
		];
	};
	const recordOf = async (actor: Actor, workspaceId: string, id: string): Promise<WorkflowRecord> => {
		const record = await store.find(workspaceId, actor.signedIn().id, id);
		if (record === null || record.deletedAt !== null) throw new Problem('not-found');
		return record;
	};
	/** One that this member may see, in its newest or another version. */
	const find = async (actor: Actor, workspaceId: string, id: string, wished?: number): Promise<Found> => {
		const own = ready.find(({ name }) => name === id);
		if (own !== undefined) return { record: null, ready: own, version: own.version, content: contentOf(own) };
		const record = await recordOf(actor, workspaceId, id);
		const version = wished ?? record.version;
		const text = await store.text(id, version);
		if (text === null) throw new Problem('not-found');
		return { record, ready: null, version, content: parse(id, version, text) };
	};
	/** One of the workspace's own that may be changed. */
	const findOwn = async (
		actor: Actor,
		workspaceId: string,
		id: string,
	): Promise<Found & { record: WorkflowRecord }> => {
		await actor.mustIn('workflow.edit', workspaceId);
		const found = await find(actor, workspaceId, id);
		if (found.record === null) throw new Problem('not-allowed', 'A ready workflow stays as it is; take a copy of it');
		return { ...found, record: found.record };
	};
	/** Checks a content as a whole; what is wrong with it is told at its place. */
	const checked = (id: string, content: WorkflowContent): string => {
		const whole = Workflow.safeParse(wholeWorkflow(id, 1, content));
		if (!whole.success) {
			const errors = whole.error.issues
				.slice(0, 20)
				.map(({ path, message }) => ({ pointer: `#/${path.join('/')}`, detail: message }));
			throw new Problem('invalid-input', errors[0]?.detail, { errors });
		}
		return formatExactJson(contentOf(whole.data));
	};

	return {
		async list(actor: Actor, workspaceId: string): Promise<WorkflowSummary[]> {
			await actor.mustIn('workflow.read', workspaceId);
			const [all, farm] = await Promise.all([foundOf(workspaceId, actor.signedIn().id), known()]);
			const names = await namesOf([...new Set(all.flatMap(({ record }) => record?.createdBy ?? []))]);
			return all.map((found) => summaryOf(found, farm, names));
		},
		/** What a member may generate with: the ready ones, and the workspace's own that they see. */
		async offered(workspaceId: string, accountId: string): Promise<OfferedWorkflow[]> {
			const [all, farm] = await Promise.all([foundOf(workspaceId, accountId), known()]);
			// The first is taken where none is named: one that everybody knows.
			const inOrder = [...all.filter(({ ready: own }) => own !== null), ...all.filter(({ record }) => record !== null)];
			return inOrder.map(({ record, ready: own, version, content }) => {
				const id = record?._id ?? own?.name ?? '';
				const title = record?.title ?? '';
				const { able, faults } = judgeOf(`${id}/${version}`, content, farm);
				// Where no server is known nothing is known of what it lacks.
				const isRefused = farm.nodes.length > 0 && able.length === 0;
				return {
					id,
					titles: own?.title ?? { en: title, 'zh-CN': title },
					kind: content.kind,
					// A graph of the workspace keeps its own picture where none is cast; that of a ready one is nobody's.
					...(content.kind === 'text-to-image' && content.bindings.referenceImage
						? { reference: own === null ? ('taken' as const) : ('needed' as const) }
						: {}),
					version: record === null ? null : version,
					refused: isRefused ? faults.slice(0, 3).map(formatGraphFault).join('; ').slice(0, 500) : null,
				};
			});
		},
		/** Takes a file in; it is seen by whoever did until it is shared. */
		async import(actor: Actor, workspaceId: string, bytes: Uint8Array, title?: string): Promise<WorkflowDetail> {
			await actor.mustIn('workflow.edit', workspaceId);
			if ((await store.count(workspaceId)) >= limits.workflowsPerWorkspace)
				throw new Problem('too-many', `A workspace has up to ${limits.workflowsPerWorkspace} workflows`);
			const { classes } = await known();
			const read = readWorkflowFile(bytes, classes);
			const at = now();
			const record: WorkflowRecord = {
				_id: newId(),
				workspaceId,
				title: title ?? (read.title.trim() === '' ? 'Workflow' : read.title.trim().slice(0, 80)),
				about: '',
				shared: false,
				version: 1,
				revision: 1,
				createdBy: actor.signedIn().id,
				createdAt: at,
				changedAt: at,
				deletedAt: null,
			};
			await store.add(record, checked(record._id, read.content));
			return detailOf({ record, ready: null, version: 1, content: read.content });
		},
		async read(actor: Actor, workspaceId: string, id: string, version?: number): Promise<WorkflowDetail> {
			await actor.mustIn('workflow.read', workspaceId);
			return detailOf(await find(actor, workspaceId, id, version));
		},
		async file(actor: Actor, workspaceId: string, id: string, wished?: number): Promise<FileReply> {
			await actor.mustIn('workflow.read', workspaceId);
			const { record, ready: own, version, content } = await find(actor, workspaceId, id, wished);
			const title = own?.title.en ?? record?.title ?? id;
			return {
				file: new TextEncoder().encode(formatExactJson({ title, version, ...content })),
				mediaType: 'application/json',
				downloadName: `${title.replace(/[^\p{L}\p{N} ._-]+/gu, ' ').trim() || 'workflow'}.json`,
				cache: 'none',
			};
		},
		async parameters(actor: Actor, workspaceId: string, id: string, version?: number): Promise<WorkflowParameter[]> {
			await actor.mustIn('workflow.read', workspaceId);
			const [{ content }, { classes }] = await Promise.all([find(actor, workspaceId, id, version), known()]);
			return parametersOf(content, classes);
		},
		async versions(actor: Actor, workspaceId: string, id: string): Promise<WorkflowVersionSummary[]> {
			await actor.mustIn('workflow.read', workspaceId);
			const { record } = await find(actor, workspaceId, id);
			if (record === null) return [];
			const rows = await store.versions(id);
			const names = await namesOf([...new Set(rows.map(({ by }) => by))]);
			return rows.map(({ version, by, at }) => ({ version, by, byName: names.get(by) ?? '', at: at.toISOString() }));
		},
		/** Saves a new version made of the one it names; of two at once one is refused. */
		async save(actor: Actor, workspaceId: string, id: string, wish: NewVersion): Promise<WorkflowDetail> {
			const { record } = await findOwn(actor, workspaceId, id);
			if (wish.from >= limits.versionsPerWorkflow)
				throw new Problem('too-many', `A workflow has up to ${limits.versionsPerWorkflow} versions`);
			if (record.version !== wish.from) throw new Problem('changed-meanwhile');
			const base = wish.base ?? wish.from;
			const before = await store.text(id, base);
			if (before === null) throw new Problem('not-found');
			const { classes } = await known();
			const { kind, bindings, exposed, tags, values } = wish;
			const graph = setValues(parse(id, base, before).graph, values, classes);
			const content: WorkflowContent = { kind, bindings, exposed, tags: [...new Set(tags)], graph };
			const saved = await store.save(id, wish.from, checked(id, content), actor.signedIn().id, now());
			if (saved === null) throw new Problem('changed-meanwhile');
			return detailOf({ record: saved, ready: null, version: saved.version, content });
		},
		async try(actor: Actor, workspaceId: string, id: string, wish: Trial, key?: string): Promise<Task> {
			await actor.mustIn('workflow.edit', workspaceId);
			const { record, ready: own, version, content } = await find(actor, workspaceId, id, wish.version);
			const tried = {
				workflow: id,
				version,
				isReady: record === null,
				kind: content.kind,
				title: own?.title.en ?? record?.title ?? id,
				bound: new Set(Object.keys(content.bindings) as BindingName[]),
			};
			return tryOut(actor.signedIn(), tried, wish, key);
		},
		async edit(
			actor: Actor,
			workspaceId: string,
			id: string,
			{
				revision,
				...change
			}: { revision: number; title?: string | undefined; about?: string | undefined; shared?: boolean | undefined },
		): Promise<WorkflowSummary> {
			const found = await findOwn(actor, workspaceId, id);
			// What is shared others use; only its maker and who looks after the workspace take it back.
			if (change.shared === false && found.record.createdBy !== actor.signedIn().id)
				await actor.mustIn('workspace.edit', workspaceId);
			const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
			const edited = await store.edit(id, revision, given, now());
			if (edited === null) throw new Problem('changed-meanwhile');
			return present({ ...found, record: edited });
		},
		async remove(actor: Actor, workspaceId: string, id: string): Promise<void> {
			await findOwn(actor, workspaceId, id);
			await store.setDeleted(id, now());
		},
		async restore(actor: Actor, workspaceId: string, id: string): Promise<WorkflowSummary> {
			await actor.mustIn('workflow.edit', workspaceId);
			const record = await store.find(workspaceId, actor.signedIn().id, id);
			if (record === null) throw new Problem('not-found');
			if (record.deletedAt !== null) await store.setDeleted(id, null);
			return present(await find(actor, workspaceId, id));
		},
	};
}
