import { resolve } from 'node:path';
import { ComfyClasses } from '@reelroom/shared/node/comfyui-classes.ts';
import { ComfyUrls } from '@reelroom/shared/node/comfyui-urls.ts';
import { providerSettings } from '@reelroom/shared/node/provider-settings.ts';
import { TaskKeepDays } from '@reelroom/shared/node/task-keeping.ts';
import * as z from 'zod';

/** Every variable the worker reads. */
export const WorkerConfig = z.object({
	MONGODB_URI: z
		.string()
		.regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://')
		.describe('The MongoDB database; the same as the server uses.'),
	DATA_DIR: z
		.string()
		.default('./data')
		.transform((folder) => resolve(folder))
		.describe('Folder of the media files; the same as the server uses.'),
	WORKER_CONCURRENCY: z.coerce
		.number()
		.int()
		.min(1)
		.max(400)
		.default(2)
		.describe('Pictures that this worker draws at once.'),
	BELL_HOST: z
		.string()
		.default('127.0.0.1')
		.describe('Address at which servers ring this worker (UDP); 0.0.0.0 lets those on other machines do it.'),
	TASK_KEEP_DAYS: TaskKeepDays,
	FFMPEG_PATH: z.string().optional().describe('The ffmpeg to use, version 5 or newer; else one is found or fetched.'),
	COMFYUI_URLS: ComfyUrls,
	COMFYUI_NODES: ComfyClasses,
	...providerSettings,
	LOG_LEVEL: z
		.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
		.default('info')
		.describe('How much the log says.'),
});
export type WorkerConfig = Readonly<z.output<typeof WorkerConfig>>;
