import { pino } from 'pino';
import type { DestinationStream, Level, Logger } from 'pino';

/** The log of a process: JSON lines, with secrets taken out. */
export type Log = Logger;

/** How much a log says; `silent` says nothing. */
export type LogLevel = Level | 'silent';

const secretKeys = [
	'password',
	'newPassword',
	'token',
	'accessToken',
	'refreshToken',
	'ticket',
	'apiKey',
	'key',
	'secret',
	'authorization',
	'cookie',
	'mongodbUri',
];

const redact = {
	paths: [
		...secretKeys,
		...secretKeys.map((key) => `*.${key}`),
		'req.headers.authorization',
		'req.headers.cookie',
		'req.headers["x-api-key"]',
		'res.headers["set-cookie"]',
	],
	censor: '[redacted]',
};

const secretQuery = /([?&](?:token|ticket|key|access_token|password)=)[^&\s"]*/gi;

/** Takes secrets out of a URL or a path, so that it may be logged. */
function withoutSecrets(url: string): string {
	return url.replace(secretQuery, '$1[redacted]').replace(/\/\/[^/@\s]*:[^/@\s]*@/g, '//[redacted]@');
}

/** Creates the log of one process, under its name; `to` is where lines go, standard output unless given. */
export function createLog(name: string, level: LogLevel = 'info', to?: DestinationStream): Log {
	const options = {
		name,
		level,
		redact,
		base: { name, pid: process.pid },
		timestamp: () => `,"at":"${new Date().toISOString()}"`,
		formatters: { level: (label: string) => ({ level: label }) },
		serializers: {
			req: (request: { id?: unknown; method?: string; url?: string }) => ({
				id: request.id,
				method: request.method,
				url: withoutSecrets(request.url ?? ''),
			}),
		},
	};
	return to ? pino(options, to) : pino(options);
}
