import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '@reelroom/shared/limits.ts';
import type { TakenClip } from '@reelroom/shared/media/taken-clip.ts';
import type { Files } from '@reelroom/shared/node/files.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Answerers } from '../provider/answer-asks.ts';
import type { StillOf } from './still.ts';
import type { TakeClipFile } from './take-clip.ts';
import { ClipRefused } from './unfold.ts';

export type AnswerTakeClipDeps = {
	files: Pick<Files, 'pathOf' | 'putFile'>;
	takeClipFile: TakeClipFile;
	thumbnailOf: (sha256: string, picture: () => Promise<Uint8Array>) => Promise<string>;
	stillOf: StillOf;
	workDir: string;
	/** How long one clip may take. */
	limitMs?: number;
};
/** So often it is told that the work goes on, and seen whether anybody still waits for it. */
const beatMs = 2_000;

async function firstBytes(path: string): Promise<Uint8Array> {
	const handle = await open(path);
	try {
		const { buffer, bytesRead } = await handle.read(new Uint8Array(16), 0, 16, 0);
		return buffer.subarray(0, bytesRead);
	} finally {
		await handle.close();
	}
}

/**
 * Makes what a worker does with a clip that somebody uploaded: it is taken in and stored with its first frame. One after the other, as each may keep all
 * processors busy; who waits is told that it goes on. What it was uploaded as stays unused and is swept. Rejects with `clip-unreadable`, `take-too-large`
 * or `time-limit`.
 */
export function createAnswerTakeClip(deps: AnswerTakeClipDeps): Answerers['take-clip'] {
	const { files, takeClipFile, thumbnailOf, stillOf, workDir, limitMs = limits.ownClipMs } = deps;
	let turn: Promise<unknown> = Promise.resolve();
	const still = async (path: string, mediaType: TakenClip['mediaType'], signal: AbortSignal): Promise<Uint8Array> => {
		await mkdir(workDir, { recursive: true });
		const folder = await mkdtemp(join(workDir, 'task-'));
		try {
			return await stillOf({ path, mediaType }, { workDir: folder, signal });
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	};
	const take = async (sha256: string, stop: AbortSignal, onFrames: (frames: number) => void): Promise<TakenClip> => {
		stop.throwIfAborted();
		const limit = AbortSignal.timeout(limitMs);
		const signal = AbortSignal.any([stop, limit]);
		const path = files.pathOf(sha256);
		const options = { signal, mostBytes: limits.ownClipBytes, onFrames };
		try {
			return await takeClipFile({ path, first: await firstBytes(path) }, options, async (taken) => {
				const { mediaType, widthPx, heightPx, durationMs } = taken;
				const stored = await files.putFile(taken.path);
				const thumbnailSha256 = await thumbnailOf(stored.sha256, () => still(taken.path, mediaType, signal));
				return { ...stored, thumbnailSha256, mediaType, widthPx, heightPx, durationMs };
			});
		} catch (error) {
			if (error instanceof ClipRefused)
				throw new Problem(error.isTooLarge ? 'take-too-large' : 'clip-unreadable', error.detail, { cause: error });
			if (!stop.aborted && limit.aborted)
				throw new Problem(
					'time-limit',
					`A clip may take ${Math.round(limitMs / 60_000)} minutes; MP4 with H.264 takes least`,
				);
			throw error;
		}
	};
	return async ({ sha256 }, { tell, signal }) => {
		let frames = 0;
		const beat = setInterval(() => tell(String(frames)), beatMs);
		try {
			const mine = turn.then(() => take(sha256, signal, (written) => (frames = written)));
			turn = mine.catch(() => undefined);
			return { text: JSON.stringify(await mine) };
		} finally {
			clearInterval(beat);
		}
	};
}
