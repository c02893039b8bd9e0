import * as z from 'zod';

/** Settings of the command itself; server and worker read their own from the same environment. */
export const CliConfig = z.object({
	PORT: z.coerce.number().int().min(1).max(65535).default(4321).describe('Port of the web page and the API.'),
	HOST: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 lets other machines in.'),
	DATA_DIR: z.string().default('./data').describe('Folder for the database, the files and the logs.'),
	MONGODB_URI: z
		.string()
		.startsWith('mongodb')
		.optional()
		.describe('A MongoDB replica set to use; without it a mongod of our own is started in DATA_DIR.'),
	PUBLIC_URL: z
		.string()
		.optional()
		.describe(
			'Where people reach this install, such as https://films.example.com; over HTTPS cookies are sent securely only.',
		),
	ORIGIN: z
		.string()
		.optional()
		.describe('The origin of the pages, where it is not that of PUBLIC_URL; forms from any other are refused.'),
	MONGO_CACHE_GB: z.coerce
		.number()
		.min(0.25)
		.max(64)
		.default(0.25)
		.describe('Memory our own mongod may use as cache, in GB.'),
	WORKERS: z.coerce.number().int().min(1).max(16).default(1).describe('How many worker processes to run.'),
	FFMPEG_PATH: z.string().optional().describe('An ffmpeg (5 or newer) to use instead of the one that is found.'),
	MONGOD_PATH: z.string().optional().describe('A mongod (6 or newer) to use instead of the one that is found.'),
	REELROOM_CACHE: z.string().optional().describe('Folder for fetched programs; default is .cache in the project.'),
});
export type CliConfig = z.infer<typeof CliConfig>;
