import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readConfigOrExit } from '@reelroom/shared/node/config.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { connectMongo } from '@reelroom/shared/node/mongo.ts';
import { createShutdown } from '@reelroom/shared/node/shutdown.ts';
import { findFfmpeg } from '@reelroom/shared/node/tools/find-ffmpeg.ts';
import { WorkerConfig } from './config.ts';
import { lookAtStreams, runFfmpeg } from './cut/ffmpeg.ts';
import { createMakeClip } from './cut/make-clip.ts';
import { createTakeClip } from './media/take-clip.ts';
import { createSketchProvider } from './provider/sketch/sketch.ts';
import { openCloud } from './open-cloud.ts';
import { openComfyui } from './open-comfyui.ts';
import { createWorker } from './worker.ts';

const config = readConfigOrExit(WorkerConfig);
const log = createLog('worker', config.LOG_LEVEL);
// Longer than the grace that running tasks get.
const shutdown = createShutdown({ log, limitMs: 25_000 });

try {
	const mongo = await connectMongo(config.MONGODB_URI);
	shutdown.add('mongo', () => mongo.close());
	const ffmpegPath = async () => config.FFMPEG_PATH ?? (await findFfmpeg()).path;
	const workDir = join(config.DATA_DIR, 'work');
	const comfyui = await openComfyui({
		mongo,
		log,
		takeClip: createTakeClip({ ffmpegPath, workDir, run: runFfmpeg, look: lookAtStreams }),
		workerId: randomBytes(12).toString('hex'),
		urls: config.COMFYUI_URLS,
		fixedClasses: config.COMFYUI_NODES,
	});
	shutdown.add('comfyui', () => comfyui.close());
	const cloud = await openCloud({ config, mongo, log });
	shutdown.add('cloud', () => cloud.close());
	const worker = await createWorker({
		mongo,
		log,
		dataDir: config.DATA_DIR,
		concurrency: config.WORKER_CONCURRENCY,
		bellHost: config.BELL_HOST,
		taskKeepDays: config.TASK_KEEP_DAYS,
		providers: {
			sketch: createSketchProvider({ makeClip: createMakeClip({ ffmpegPath, workDir }) }),
			comfyui: comfyui.provider,
			...cloud.providers,
		},
		answerAsks: cloud.answerAsks,
		ffmpegPath,
	});
	shutdown.add('worker', () => worker.close());
	log.info('worker ready');
} catch (error) {
	process.stderr.write(`The worker could not start: ${error instanceof Error ? error.message : String(error)}\n`);
	await shutdown.close();
	process.exit(1);
}
