// A worker for tests that draws by a ComfyUI and goes on until it is killed.
import { readyWorkflows } from '@reelroom/shared/defaults/workflows/ready-workflows.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { connectMongo } from '@reelroom/shared/node/mongo.ts';
import { createComfyProvider } from './provider/comfyui/comfyui.ts';
import { createWorker } from './worker.ts';

const [uri = '', dataDir = '', leaseMs = '', url = ''] = process.argv.slice(2);
const log = createLog('comfy-worker', 'silent');
await createWorker({
	mongo: await connectMongo(uri),
	log,
	dataDir,
	concurrency: 2,
	leaseMs: Number(leaseMs),
	providers: { comfyui: createComfyProvider({ urls: [url], log, workflows: readyWorkflows(), pollMs: 200 }) },
	ffmpegPath: () => Promise.reject(new Error('no film is rendered here')),
});
