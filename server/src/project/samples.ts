import { readFile } from 'node:fs/promises';
import { replaceScript, scriptOf } from '@reelroom/shared/project/document.ts';
import type { Language } from '@reelroom/shared/account/account.ts';
import type { Log } from '@reelroom/shared/node/log.ts';
import type { ProjectRow, ProjectStore } from '@reelroom/shared/node/stores/project-store.ts';
import type { Documents } from '../live/documents-port.ts';

export type SampleDeps = {
	/** How many a new account gets, that of its own language first. */
	count: number;
	projects: ProjectStore;
	documents: Pick<Documents, 'edit'>;
	/** Puts the proposed scenes and shots on the board; scenes that have shots are left alone. */
	acceptBreakDown: (projectId: string) => Promise<unknown>;
	/** Queues a picture for every shot that has none. */
	generateBoard: (projectId: string, accountId: string) => Promise<unknown>;
	log: Pick<Log, 'error' | 'info'>;
	now: () => Date;
	newId: () => string;
};

const scripts = {
	'The Little Match Girl': { file: 'the-little-match-girl', style: 'anime' },
	愚公移山: { file: 'yugong-yishan', style: 'ink-wash' },
} as const;
type SampleName = keyof typeof scripts;
const isSample = (name: string): name is SampleName => Object.hasOwn(scripts, name);
const orderOf: Record<Language, readonly SampleName[]> = {
	en: ['The Little Match Girl', '愚公移山'],
	'zh-CN': ['愚公移山', 'The Little Match Girl'],
};

const scriptText = (name: SampleName) =>
	readFile(new URL(import.meta.resolve(`@reelroom/shared/defaults/samples/${scripts[name].file}.fountain`)), 'utf8');

export type Samples = ReturnType<typeof createSamples>;

/** The sample projects of a new account: listed at once, written and drawn behind its back, finished at the next start if that was cut short. */
export function createSamples({
	count,
	projects,
	documents,
	acceptBreakDown,
	generateBoard,
	log,
	now,
	newId,
}: SampleDeps) {
	let working: Promise<void> = Promise.resolve();
	let closed = false;

	async function prepare(row: ProjectRow): Promise<void> {
		// Deleted before its turn came.
		if ((await projects.find(row._id)) === null) return;
		// Somebody may have renamed it before it was finished; the workspace's other sample is then found by its style.
		const name = isSample(row.name) ? row.name : row.style === 'ink-wash' ? '愚公移山' : 'The Little Match Girl';
		const text = await scriptText(name);
		await documents.edit(row._id, row.createdBy, (doc) => {
			if (scriptOf(doc).length === 0) replaceScript(doc, row.createdBy, text);
		});
		await acceptBreakDown(row._id);
		await generateBoard(row._id, row.createdBy);
		await projects.prepared(row._id);
	}

	/** One after the other, so that many new accounts do not slow down those who work. */
	function queue(rows: readonly ProjectRow[]): void {
		for (const row of rows) {
			working = working.then(async () => {
				if (closed) return;
				try {
					await prepare(row);
				} catch (error) {
					// It stays marked as unfinished, and the next start tries again.
					log.error({ err: error, projectId: row._id }, 'a sample project could not be prepared');
				}
			});
		}
	}

	return {
		/** Adds the samples of a new account to its workspace; they fill up after this has resolved. */
		async add(account: { id: string; language: Language }, workspaceId: string): Promise<void> {
			const at = now().getTime();
			const rows = orderOf[account.language].slice(0, count).map((name, index): ProjectRow => {
				const changedAt = new Date(at - index);
				const settings = { name, aspectRatio: '16:9', fps: 24, style: scripts[name].style } as const;
				return {
					_id: newId(),
					workspaceId,
					...settings,
					sample: true,
					preparing: true,
					createdBy: account.id,
					createdAt: changedAt,
					changedAt,
				};
			});
			if (rows.length > 0) await projects.add(...rows);
			queue(rows);
		},
		/** Finishes what an earlier process left half done. */
		async resume(): Promise<void> {
			const rows = await projects.findPreparing();
			if (rows.length > 0) log.info({ projects: rows.length }, 'finishing sample projects');
			queue(rows);
		},
		/** Resolves when all that was queued is done. */
		idle: () => working,
		/** Finishes the one in hand and leaves the rest to the next start. */
		async close(): Promise<void> {
			closed = true;
			await working;
		},
	};
}
