// A worker for tests whose pictures are never ready: it tells one step of progress, then goes on until it is killed.
import { createLog } from '@reelroom/shared/node/log.ts';
import { connectMongo } from '@reelroom/shared/node/mongo.ts';
import { aProvider } from './testing.ts';
import { createWorker } from './worker.ts';

const [uri = '', dataDir = '', leaseMs = ''] = process.argv.slice(2);
const provider = await aProvider(async (_request, { signal, onProgress }) => {
	await onProgress({ stage: 'layout', value: 1, max: 5 });
	return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
});
await createWorker({
	mongo: await connectMongo(uri),
	log: createLog('slow-worker', 'silent'),
	dataDir,
	concurrency: 1,
	leaseMs: Number(leaseMs),
	providers: { test: provider },
	ffmpegPath: () => Promise.reject(new Error('no film is rendered here')),
});
