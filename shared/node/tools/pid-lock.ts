import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A running process, told apart from a later one that was given the same number. */
export interface ProcessMark {
	pid: number;
	/** Start in clock ticks since boot; empty where the system does not tell. */
	startedAt: string;
}

/** Marks a process by number and start; `undefined` when it does not run. */
export function markOf(pid: number): ProcessMark | undefined {
	try {
		process.kill(pid, 0);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
	}
	return { pid, startedAt: startOf(pid) };
}

/** Says whether the very process that was marked still runs. */
export function isRunning(mark: ProcessMark): boolean {
	const now = markOf(mark.pid);
	return now !== undefined && (mark.startedAt === '' || now.startedAt === '' || mark.startedAt === now.startedAt);
}

/** Reads a mark written by `formatMark`; `undefined` for anything else. */
export function parseMark(text: string): ProcessMark | undefined {
	const [pid, startedAt = ''] = text.trim().split(' ');
	return pid !== undefined && /^[1-9]\d*$/.test(pid) ? { pid: Number(pid), startedAt } : undefined;
}

/** Writes a mark as one line. */
export function formatMark(mark: ProcessMark): string {
	return `${mark.pid} ${mark.startedAt}\n`;
}

/** Takes the lock file for this process, or names the running process that holds it; one left by a dead process is replaced. */
export function takeLock(path: string): { release(): void } | { heldBy: number } {
	const mine = formatMark({ pid: process.pid, startedAt: startOf(process.pid) });
	const draft = `${path}.${randomUUID()}`;
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(draft, mine, { mode: 0o644 });
	try {
		for (let attempt = 0; attempt < 20; attempt++) {
			try {
				// A link appears with its content or not at all, so nobody ever reads half a lock.
				linkSync(draft, path);
				return { release: () => rmSync(path, { force: true }) };
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
			}
			const holder = parseMark(readIfThere(path));
			if (holder !== undefined && isRunning(holder)) return { heldBy: holder.pid };
			removeStale(path, holder);
		}
	} finally {
		rmSync(draft, { force: true });
	}
	throw new Error(`${path} could not be taken: it keeps changing hands.`);
}

function removeStale(path: string, holder: ProcessMark | undefined) {
	const aside = `${path}.${randomUUID()}`;
	try {
		renameSync(path, aside);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
		throw error;
	}
	const moved = parseMark(readIfThere(aside));
	// Another process replaced the stale lock between our look and our rename: give it back.
	if (moved !== undefined && moved.pid !== holder?.pid && isRunning(moved)) renameSync(aside, path);
	else rmSync(aside, { force: true });
}

function readIfThere(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
		throw error;
	}
}

function startOf(pid: number): string {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
	} catch {
		// No /proc here (macOS, Windows): the number alone must do.
		return '';
	}
}
