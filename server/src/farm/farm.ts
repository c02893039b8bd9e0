import { modelKinds, type Farm, type FarmClasses, type FarmNode } from '@reelroom/shared/farm/farm.ts';
import {
	farmNodeId,
	type FarmNodeRecord,
	type FarmReportRecord,
	type FarmStore,
} from '@reelroom/shared/node/stores/farm-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { ObjectInfo } from '@reelroom/shared/provider/object-info.ts';
import type { AbleNode } from '@reelroom/shared/workflow/judge.ts';
import type { Actor } from '../http/on.ts';
import { isListedHost, serverAddress } from './listed-host.ts';

export type FarmDeps = {
	store: FarmStore;
	/** Servers that a setting names. */
	urls: readonly string[];
	/** Hosts of which servers may be added. */
	hosts: readonly string[];
	/** All classes that may run, where a setting lists them. */
	fixedClasses: ReadonlySet<string>;
	safeClasses: ReadonlySet<string>;
	now: () => Date;
};
/** What is known of the servers that may be given work. */
export type KnownFarm = {
	/** Those that answer. */
	nodes: AbleNode[];
	/** Every class of every server, the first one's word for it. */
	classes: ObjectInfo;
	/** The node classes that may run. */
	allowed: ReadonlySet<string>;
	/** Equal as long as nothing of it changed. */
	stamp: string;
};
type Change = {
	enabled?: boolean | undefined;
	draining?: boolean | undefined;
	concurrency?: number | undefined;
	tags?: string[] | undefined;
};
export type FarmRoom = ReturnType<typeof createFarm>;

/** A look that is this young is good enough. */
const freshMs = 1000;
/** Workers tell of each server every few seconds; what is older was told by one that is gone. */
const deadMs = 30_000;
const listsMost = 32;

/** The ComfyUI servers of the install as the workers see them, and how whoever administrates it lets work be given to them. */
export function createFarm({ store, urls, hosts, fixedClasses, safeClasses, now }: FarmDeps) {
	const lists = new Map<string, ObjectInfo>();
	const classesOf = async (digest: string | null): Promise<ObjectInfo | null> => {
		if (digest === null) return null;
		const held = lists.get(digest) ?? (await store.classes(digest));
		if (held === null) return null;
		lists.delete(digest);
		lists.set(digest, held);
		const [oldest] = lists.keys();
		if (lists.size > listsMost && oldest !== undefined) lists.delete(oldest);
		return held;
	};
	type Seen = { record: FarmNodeRecord; report: FarmReportRecord | null; classes: ObjectInfo | null };
	const isMeant = ({ source, url }: FarmNodeRecord): boolean => source === 'page' || urls.includes(url);
	const look = async (): Promise<Seen[]> => {
		const [records, reports] = await Promise.all([store.list(), store.reports()]);
		const byId = new Map(reports.map((report) => [report._id, report]));
		return Promise.all(
			records.filter(isMeant).map(async (record): Promise<Seen> => {
				const report = byId.get(record._id) ?? null;
				return { record, report, classes: await classesOf(report?.classes ?? null) };
			}),
		);
	};
	const isAlive = (report: FarmReportRecord): boolean => now().getTime() - report.at.getTime() < deadMs;
	const view = ({ record, report, classes }: Seen): FarmNode => ({
		id: record._id,
		url: record.url,
		source: record.source,
		enabled: record.enabled,
		draining: record.draining,
		concurrency: record.concurrency,
		tags: record.tags,
		revision: record.revision,
		report:
			report === null
				? null
				: {
						at: report.at.toISOString(),
						state: isAlive(report) ? report.state : 'away',
						fault: isAlive(report) ? report.fault : 'No worker has told of it for a while',
						version: report.version,
						devices: report.devices,
						running: report.running,
						waiting: report.waiting,
						models: { ...Object.fromEntries(modelKinds.map((kind) => [kind, []])), ...report.models },
						classes: classes === null ? 0 : report.classCount,
						took: Object.entries(report.took ?? {})
							.map(([workflow, about]) => ({ workflow, ...about }))
							.slice(0, 100),
					},
	});
	const one = async (id: string): Promise<FarmNode> => {
		const found = (await look()).find(({ record }) => record._id === id);
		if (found === undefined) throw new Problem('not-found');
		return view(found);
	};
	const allowedOf = (added: readonly string[]): ReadonlySet<string> =>
		fixedClasses.size > 0 ? fixedClasses : new Set([...safeClasses, ...added]);
	const classesView = async (seen: readonly Seen[]): Promise<FarmClasses> => {
		const { added, revision } = await store.allowed();
		const allowed = allowedOf(added);
		const there = new Set(seen.flatMap(({ classes }) => Object.keys(classes ?? {})));
		return {
			fixed: fixedClasses.size > 0,
			added: [...added].sort(),
			revision,
			others: [...there].filter((name) => !allowed.has(name)).sort(),
		};
	};
	let held: { at: number; known: Promise<KnownFarm> } | null = null;
	const lookForOthers = async (): Promise<KnownFarm> => {
		const [seen, { added, revision }] = await Promise.all([look(), store.allowed()]);
		const usable = seen.filter(
			({ record, report }) =>
				record.enabled &&
				!record.draining &&
				report !== null &&
				isAlive(report) &&
				['up', 'trying'].includes(report.state),
		);
		const merged: Record<string, ObjectInfo[string]> = {};
		// A server that is away or switched off still tells what a graph's inputs are called.
		for (const { classes } of [...usable, ...seen])
			for (const [name, about] of Object.entries(classes ?? {})) merged[name] ??= about;
		return {
			nodes: usable.flatMap(({ record, classes }) =>
				classes === null ? [] : [{ id: record._id, tags: record.tags, classes }],
			),
			classes: merged,
			allowed: allowedOf(added),
			stamp: JSON.stringify([
				revision,
				usable.map(({ record, report }) => [record._id, record.tags, report?.classes]),
				seen.map(({ report }) => report?.classes),
			]),
		};
	};
	return {
		async read(): Promise<Farm> {
			const seen = await look();
			return { nodes: seen.map(view), hosts: [...hosts], classes: await classesView(seen) };
		},
		/** Adds a server whose host is listed; a removed one comes back. */
		async add(actor: Actor, wish: { url: string; concurrency: number; tags: string[] }): Promise<FarmNode> {
			const address = serverAddress(wish.url);
			const fault = (detail: string) =>
				new Problem('invalid-input', detail, { errors: [{ pointer: '#/url', detail }] });
			if (address === null) throw fault('An address such as http://gpu-1:8188');
			if (!isListedHost(address.hostname, hosts))
				throw new Problem('host-not-listed', `COMFYUI_HOSTS does not list ${address.hostname}`);
			const url = `${address.origin}${address.pathname}`.replace(/\/+$/, '');
			const added = await store.add({
				_id: farmNodeId(url),
				url,
				source: 'page',
				enabled: true,
				draining: false,
				concurrency: wish.concurrency,
				tags: [...new Set(wish.tags)],
				revision: 1,
				removedAt: null,
				addedBy: actor.signedIn().id,
				addedAt: now(),
			});
			if (added === null) throw fault('This server is there already');
			return one(added._id);
		},
		async edit(id: string, { revision, ...change }: Change & { revision: number }): Promise<FarmNode> {
			const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
			if ((await store.edit(id, revision, given)) === null) {
				// Gone, or changed by somebody else.
				await one(id);
				throw new Problem('changed-meanwhile');
			}
			return one(id);
		},
		async remove(id: string): Promise<void> {
			if (await store.remove(id, now())) return;
			await one(id);
			throw new Problem('not-allowed', 'A server that a setting names is switched off, not removed');
		},
		async allowClasses(added: readonly string[], revision: number): Promise<FarmClasses> {
			if (fixedClasses.size > 0) throw new Problem('not-allowed', 'COMFYUI_NODES lists what may run');
			if (!(await store.allow([...new Set(added)].sort(), revision))) throw new Problem('changed-meanwhile');
			return classesView(await look());
		},
		/** What others need of it: a look at most a second old. */
		known(): Promise<KnownFarm> {
			if (held === null || now().getTime() - held.at > freshMs) held = { at: now().getTime(), known: lookForOthers() };
			const { known } = held;
			known.catch(() => (held = null));
			return known;
		},
		/** Whether there is any server that may be given work, now or when it is back. */
		isThere: async (): Promise<boolean> =>
			urls.length > 0 || (await store.list()).some((record) => isMeant(record) && record.enabled),
	};
}
