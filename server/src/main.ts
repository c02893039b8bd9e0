import { readConfigOrExit } from '@reelroom/shared/node/config.ts';
import { giveBackIdleMemory } from '@reelroom/shared/node/idle-memory.ts';
import { createLog } from '@reelroom/shared/node/log.ts';
import { connectMongo } from '@reelroom/shared/node/mongo.ts';
import { createShutdown } from '@reelroom/shared/node/shutdown.ts';
import packageJson from '../package.json' with { type: 'json' };
import { ServerConfig } from './config.ts';
import { openStudio } from './open-studio.ts';
import { createServer } from './server.ts';

const config = readConfigOrExit(ServerConfig);
const log = createLog('server', config.LOG_LEVEL);
const shutdown = createShutdown({ log });

try {
	const mongo = await connectMongo(config.MONGODB_URI);
	shutdown.add('mongo', () => mongo.close());
	const server = await createServer({ config, mongo, log, version: packageJson.version, openStudio });
	shutdown.add('server', () => server.close());
	const idleMemory = giveBackIdleMemory();
	shutdown.add('idle memory', () => idleMemory.close());
	log.info({ port: server.port, url: server.url }, 'listening');
} catch (error) {
	process.stderr.write(`${sentenceOf(error)}\n`);
	await shutdown.close();
	process.exit(1);
}

/** What kept the server from starting, for the person who started it. */
function sentenceOf(error: unknown): string {
	const { code, message } = error as { code?: string; message?: string };
	if (code === 'EADDRINUSE')
		return `Port ${config.PORT} is busy. Stop the program that uses it, or choose another: PORT=${config.PORT + 1}`;
	if (code === 'EACCES')
		return `Port ${config.PORT} or the folder ${config.DATA_DIR} may not be used by this user: ${message}`;
	return `The server could not start: ${message ?? String(error)}`;
}
