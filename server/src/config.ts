import { resolve } from 'node:path';
import { ComfyClasses } from '@reelroom/shared/node/comfyui-classes.ts';
import { ComfyUrls } from '@reelroom/shared/node/comfyui-urls.ts';
import * as z from 'zod';
import { providerFlags } from '@reelroom/shared/node/provider-settings.ts';
import { TaskKeepDays } from '@reelroom/shared/node/task-keeping.ts';
import { Plan } from '@reelroom/shared/plan/quota.ts';

const Origin = z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin);

/** Every variable the server reads. */
export const ServerConfig = z.object({
	PORT: z.coerce
		.number()
		.int()
		.min(0)
		.max(65_535)
		.default(4321)
		.describe('Port of the web page and the API; 0 takes any free one.'),
	HOST: z.string().default('0.0.0.0').describe('Address to listen on; 127.0.0.1 keeps it to this machine.'),
	DATA_DIR: z
		.string()
		.default('./data')
		.transform((folder) => resolve(folder))
		.describe('Folder of everything that is kept: media files and the secret that signs tokens.'),
	MONGODB_URI: z
		.string()
		.regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://')
		.describe('The MongoDB database; it must be a replica set, of one member at least.'),
	PUBLIC_URL: Origin.optional().describe(
		'Where people reach this install, such as https://films.example.com; over HTTPS cookies are sent securely only.',
	),
	TRUST_PROXY: z.coerce
		.number()
		.int()
		.min(0)
		.max(10)
		.default(0)
		.describe('How many reverse proxies stand in front; their X-Forwarded headers are believed.'),
	LOG_LEVEL: z
		.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
		.default('info')
		.describe('How much the log says.'),
	ALLOWED_ORIGINS: z
		.string()
		.default('')
		.transform((list) =>
			list
				.split(',')
				.map((origin) => origin.trim())
				.filter(Boolean),
		)
		.pipe(z.array(Origin))
		.describe('Further web origins that may call the API with cookies, separated by commas.'),
	DEFAULT_PLAN: Plan.default('free').describe(
		'The plan of accounts that have none of their own: free is 10 pictures and 2 videos a day, pro 100 and 20, studio has no limit.',
	),
	COMFYUI_URLS: ComfyUrls,
	COMFYUI_NODES: ComfyClasses,
	COMFYUI_HOSTS: z
		.string()
		.default('localhost,127.0.0.1,[::1]')
		.transform((list) =>
			list
				.split(',')
				.map((host) => host.trim())
				.filter(Boolean),
		)
		.describe(
			'Hosts of which an administrator may add ComfyUI servers on the farm page: names, *.names, addresses and ranges such as 192.168.1.0/24, separated by commas.',
		),
	...providerFlags,
	SKETCH_UNITS: z.coerce
		.number()
		.int()
		.min(0)
		.max(100)
		.default(0)
		.describe('What a frame of the built-in sketch provider costs of a plan; other providers cost 1 a picture.'),
	TASK_KEEP_DAYS: TaskKeepDays,
	SAMPLE_PROJECTS: z.coerce
		.number()
		.int()
		.min(0)
		.max(2)
		.default(2)
		.describe('How many drawn sample projects a new account begins with, that of its own language first.'),
	WEB_BUILD_DIR: z
		.string()
		.default(resolve(import.meta.dirname, '../../web/build'))
		.transform((folder) => resolve(folder))
		.describe('Folder of the built web page; without it only the API answers.'),
});
export type ServerConfig = Readonly<z.output<typeof ServerConfig>>;
