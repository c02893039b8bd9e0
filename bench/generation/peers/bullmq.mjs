import { Worker } from 'bullmq';
import { createTeller } from './tell.mjs';

const [port, concurrency, count] = process.argv.slice(2).map(Number);
const tell = createTeller(count);
const worker = new Worker('tasks', async (job) => tell.started(job.data.id), {
	connection: { host: '127.0.0.1', port, maxRetriesPerRequest: null },
	concurrency,
	autorun: false,
});
worker.on('completed', () => tell.ended());
worker.on('error', (error) => console.error(error));
await worker.waitUntilReady();
void worker.run();
tell.ready();
