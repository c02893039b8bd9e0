import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Problem } from '@reelroom/shared/problem.ts';
import type { PictureAnswer, PictureJob, PreparedPicture } from './picture-job.ts';

export type PictureProcess = {
	/** Reads somebody's picture file and writes it anew as WebP, its longest side at most so long. Rejects with `not-a-picture` or `too-large`. */
	prepare(bytes: Uint8Array, maxSidePx: number): Promise<PreparedPicture>;
	close(): Promise<void>;
};

const limitMs = 10_000;
const idleMs = 15_000;

/** Reads what people upload in a process of its own, one file at a time: a file that breaks the reader breaks no server. It ends when nothing is to do. */
export function createPictureProcess(): PictureProcess {
	let child: ChildProcess | null = null;
	let turn: Promise<unknown> = Promise.resolve();
	let idle: NodeJS.Timeout | undefined;
	let closed = false;

	const start = (): ChildProcess => {
		const started = fork(fileURLToPath(new URL('./picture-job.ts', import.meta.url)), [], {
			serialization: 'advanced',
			execArgv: ['--disable-warning=ExperimentalWarning', '--max-old-space-size=128'],
			// It needs nothing of ours: neither keys nor addresses.
			env: {},
			stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
		});
		started.once('exit', () => {
			if (child === started) child = null;
		});
		return started;
	};
	const ask = (job: PictureJob): Promise<PictureAnswer> =>
		new Promise((resolve, reject) => {
			if (closed) return reject(new Problem('unavailable'));
			const worker = (child ??= start());
			const done = (): void => {
				clearTimeout(timer);
				worker.off('message', answered).off('exit', ended).off('error', failed);
			};
			const answered = (answer: unknown): void => {
				done();
				resolve(answer as PictureAnswer);
			};
			// What ends the process that reads it is no picture that anybody needs.
			const ended = (): void => {
				done();
				if (closed) reject(new Problem('unavailable'));
				else resolve({ refused: 'not-a-picture' });
			};
			const failed = (error: Error): void => {
				done();
				reject(error);
			};
			const timer = setTimeout(() => {
				done();
				child = null;
				worker.kill('SIGKILL');
				resolve({ refused: 'too-large' });
			}, limitMs);
			worker.on('message', answered).on('exit', ended).on('error', failed);
			worker.send(job, (error) => {
				if (error !== null) failed(error);
			});
		});
	return {
		async prepare(bytes, maxSidePx) {
			clearTimeout(idle);
			const asked = turn.then(() => ask({ bytes, maxSidePx }));
			turn = asked.catch(() => undefined);
			const answer = await asked;
			idle = setTimeout(() => child?.kill(), idleMs).unref();
			if ('picture' in answer) return answer.picture;
			if ('refused' in answer) throw new Problem(answer.refused);
			throw new Error('a picture could not be worked on', { cause: answer.bug });
		},
		async close() {
			closed = true;
			clearTimeout(idle);
			const worker = child;
			if (worker === null || worker.exitCode !== null) return;
			const gone = new Promise((resolve) => worker.once('exit', resolve));
			worker.kill('SIGKILL');
			await gone;
		},
	};
}
