import { createHash } from 'node:crypto';
import { toTask, type RequestMark, type TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { dayOf, endOf } from '@reelroom/shared/plan/quota.ts';
import type { Refused, Task, TaskWork } from '@reelroom/shared/task/task.ts';
import type { Fingerprint } from '@reelroom/shared/node/fingerprint.ts';
import type { Admit, Admitted } from '../plan/admission.ts';
import type { Announce } from './announce.ts';
import type { MadeBefore } from './made-before.ts';

export type SubmitOnceDeps = {
	store: Pick<TaskStore, 'ofRequest' | 'insertMany' | 'insertRequest'>;
	/** Tasks as people see them. */
	present: (records: readonly TaskRecord[]) => Promise<Task[]>;
	/** Tells the workers that they wait. */
	announce: Announce;
	fingerprint: Fingerprint;
	/** Of tasks whose seed is not by chance: which of them have been made before. */
	madeBefore: MadeBefore;
	/** Reserves what tasks cost of their asker's plan. */
	admit: Admit;
	/** Gives tasks their turns in the queue. */
	takeTurns: (by: Pick<By, 'id' | 'inBackground'>, tasks: readonly TaskRecord[]) => Promise<TaskRecord[]>;
	/** What is thrown when not even one is admitted. */
	quotaExceeded: (now: Date) => Problem;
	now: () => Date;
	newId: () => string;
};
/** On whose behalf a task is queued. */
export type By = {
	id: string;
	name: string;
	/** They did not ask for it themselves: it may wait. */ inBackground?: true;
};
/** What is asked, under a key of the asker's when it may be asked again. */
export type Asked = { key: string | undefined; asked: Record<string, unknown> };
/** One task that is to be queued. */
export type Wanted = {
	work: TaskWork;
	shotId: string | null;
	label: string;
	provider: string;
	style: string;
	/** Its seed is not by chance: whoever asks for the same gets the same. */
	isRepeatable?: boolean;
};

/** Marks a request by its key, which belongs to one account, and by what it asks. */
function markOf(by: By, { key, asked }: Asked): RequestMark | undefined {
	if (key === undefined) return undefined;
	return { key: `${by.id}/${key}`, digest: createHash('sha256').update(JSON.stringify(asked)).digest('hex') };
}

/** What a request wants: its tasks and, of a whole board, how many shots there are to ask for again. */
export type Want = { wanted: readonly Wanted[]; left?: number };
/** What a request brought: its tasks, and the shots for which the plan had nothing left. */
export type Brought = { tasks: Task[]; left?: number; refused?: Refused };

/** Under a key the id follows from the key, so that repeats at the same time mean the same task and the same reservation. */
const idUnder = (mark: RequestMark, place: number): string =>
	createHash('sha256').update(`${mark.key}\n${mark.digest}\n${place}`).digest('hex').slice(0, 24);
/** Tasks of one kind, provider, workflow and model take about as long. */
const timeKeyOfWork = ({ kind, request }: TaskWork, provider: string): string => {
	const { workflow, model } = request as { workflow?: string; model?: string };
	return [kind, provider, workflow, model].filter((part) => part !== undefined).join('/');
};
/** Whether it was to be made when it was asked for, and not there already. */
const waits = ({ cached, claim }: TaskRecord): boolean => cached !== true || claim > 0;
/** A task as it was when it was asked for: what every repeat of its request is answered. */
const asQueued = (record: TaskRecord): Task => {
	if (!waits(record)) return toTask({ ...record, revision: 1 }, null);
	const { cached: _cached, ...asked } = record;
	return toTask(
		{
			...asked,
			status: 'queued',
			attempt: 0,
			progress: null,
			problem: null,
			takeId: null,
			filmId: null,
			startedAt: null,
			finishedAt: null,
			revision: 1,
		},
		null,
	);
};
const refusedOf = (tasks: readonly TaskRecord[], at: Date): { refused?: Refused } =>
	tasks.length === 0
		? {}
		: {
				refused: {
					code: 'quota-exceeded',
					shotIds: [...new Set(tasks.flatMap(({ shotId }) => shotId ?? []))],
					retryAt: endOf(dayOf(at)).toISOString(),
				},
			};

/** Makes the function that queues what a request wants, as far as the asker's plan reaches; under one key that is worked out, reserved and queued once, and the same is answered ever after. */
export function createSubmitOnce(deps: SubmitOnceDeps) {
	const { store, present, announce, fingerprint, madeBefore, admit, takeTurns, quotaExceeded, now, newId } = deps;
	/** What a request under a key has already brought; null when it is new. */
	const earlier = async (mark: RequestMark | undefined): Promise<Brought | null> => {
		const records = mark === undefined ? [] : await store.ofRequest(mark.key);
		if (records.length === 0) return null;
		if (records.some(({ request }) => request?.digest !== mark?.digest)) throw new Problem('idempotency-key-reused');
		return { tasks: records.map(asQueued), ...records[0]?.request?.told };
	};
	const recordsOf = (projectId: string, by: By, mark: RequestMark | undefined, wanted: readonly Wanted[]) => {
		const at = now();
		return wanted.map(({ work, isRepeatable: _isRepeatable, ...about }, index): TaskRecord => {
			// A millisecond apart, so that the queue keeps the order of the board.
			const queuedAt = new Date(at.getTime() + index);
			return {
				_id: mark === undefined ? newId() : idUnder(mark, index),
				projectId,
				kind: work.kind,
				...about,
				timeKey: timeKeyOfWork(work, about.provider),
				status: 'queued',
				claim: 0,
				attempt: 0,
				workerId: null,
				leaseUntil: null,
				progress: null,
				problem: null,
				takeId: null,
				filmId: null,
				work,
				...(work.kind === 'render' ? {} : { fingerprint: fingerprint(about.provider, work.request) }),
				createdBy: by.id,
				createdByName: by.name,
				createdAt: queuedAt,
				queuedAt,
				startedAt: null,
				finishedAt: null,
				revision: 1,
				...(mark === undefined ? {} : { request: { ...mark, place: index } }),
			};
		});
	};
	return async (projectId: string, by: By, ask: Asked, want: () => Promise<Want>): Promise<Brought> => {
		const mark = markOf(by, ask);
		const answered = await earlier(mark);
		if (answered !== null) return answered;
		let admitted: TaskRecord[];
		let told: Omit<Brought, 'tasks'>;
		let keep: Admitted['keep'];
		try {
			const { wanted, left } = await want();
			const asked = recordsOf(projectId, by, mark, wanted);
			const repeatable = asked.filter((_, index) => wanted[index]?.isRepeatable === true);
			const known = await madeBefore(projectId, repeatable);
			const all = asked.map((task) => known.get(task._id) ?? task);
			// What is there already costs nothing and waits for nobody.
			const admission = await admit(by.id, all.filter(waits));
			keep = admission.keep;
			if (admission.admitted.length === 0 && all.every(waits)) throw quotaExceeded(now());
			const turned = new Map((await takeTurns(by, admission.admitted)).map((task) => [task._id, task]));
			admitted = all.flatMap((task) => (waits(task) ? (turned.get(task._id) ?? []) : task));
			told = {
				...(left === undefined ? {} : { left: left + unasked(admission.refused, admitted) }),
				...refusedOf(admission.refused, now()),
			};
		} catch (error) {
			// A repeat that came at the same time may have queued it meanwhile, and left nothing to want.
			const twin = await earlier(mark);
			if (twin === null) throw error;
			return twin;
		}
		const [first] = admitted;
		if (first?.request !== undefined) first.request = { ...first.request, told };
		const queued = admitted.filter(waits);
		const kinds = [...new Set(queued.map(({ kind }) => kind))];
		const tell = (): void => {
			const job = { projectId, reason: 'asked' as const, taskId: first?._id ?? null, kinds };
			if (kinds.length > 0) announce(job, queued.length === 1 ? queued[0] : undefined);
		};
		// Whoever works may begin while it is written to disk; whoever asked is answered then.
		if (mark === undefined) await store.insertMany(admitted, tell);
		else if (!(await store.insertRequest(admitted, tell))) {
			const twin = await earlier(mark);
			if (twin === null) throw new Problem('unavailable');
			return twin;
		}
		await keep();
		return { tasks: mark === undefined ? await present(admitted) : admitted.map(asQueued), ...told };
	};
}

/** Shots of which not even one picture was admitted: they are left to ask for again. */
function unasked(refused: readonly TaskRecord[], admitted: readonly TaskRecord[]): number {
	const drawn = new Set(admitted.map(({ shotId }) => shotId));
	return new Set(refused.map(({ shotId }) => shotId).filter((id) => !drawn.has(id))).size;
}
