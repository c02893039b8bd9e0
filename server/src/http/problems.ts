import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type * as z from 'zod';
import { type InputError, Problem } from '@reelroom/shared/problem.ts';
import { isDatabaseAway } from '@reelroom/shared/node/database-away.ts';
import { storageProblem } from '@reelroom/shared/node/files.ts';
import type { Log } from '@reelroom/shared/node/log.ts';

/** Gives every request its id, told in `X-Request-Id`, in problems and in the log. */
export const requestId: RequestHandler = (_request, response, next) => {
	const id = randomUUID();
	response.locals.requestId = id;
	response.setHeader('X-Request-Id', id);
	next();
};

const escapePointer = (part: PropertyKey) => String(part).replaceAll('~', '~0').replaceAll('/', '~1');

/** The faults of an input, each with the JSON pointer of its field. */
export function inputErrors(error: z.ZodError): InputError[] {
	return error.issues.flatMap((issue) => {
		const pointer = ['#', ...issue.path.map(escapePointer)].join('/');
		if (issue.code !== 'unrecognized_keys') return [{ pointer, detail: issue.message }];
		return issue.keys.map((key) => ({ pointer: `${pointer}/${escapePointer(key)}`, detail: 'There is no such field' }));
	});
}

type HttpError = Error & { status?: number; type?: string; code?: string };

/** What a thrown thing means for the caller; null when it is a bug. */
function problemOf(error: HttpError): Problem | null {
	if (error instanceof Problem) return error;
	if (error.type === 'entity.too.large' || error.status === 413)
		return new Problem('too-large', undefined, { cause: error });
	if (error.type === 'entity.parse.failed') return badBody('The body is not JSON', error);
	if (error.type === 'encoding.unsupported' || error.type === 'charset.unsupported')
		return badBody('The encoding of the body is not known', error);
	if (error.status === 416) return new Problem('range-not-satisfiable', undefined, { cause: error });
	if (error.status === 404 || error.code === 'ENOENT') return new Problem('not-found', undefined, { cause: error });
	if (isDatabaseAway(error)) return new Problem('unavailable', undefined, { cause: error });
	if (error.status !== undefined && error.status >= 400 && error.status < 500)
		return badBody('The request cannot be read', error);
	return storageProblem(error);
}

const badBody = (detail: string, cause: unknown) =>
	new Problem('invalid-input', detail, { errors: [{ pointer: '#', detail }], cause });

/** Turns whatever was thrown into problem details; the only place that does. */
export function answerProblems(log: Pick<Log, 'error' | 'warn'>): ErrorRequestHandler {
	// Express tells an error handler by its four arguments.
	return (error: HttpError, request, response, _next) => {
		const id = String(response.locals.requestId ?? '');
		const foreseen = problemOf(error);
		const problem = foreseen ?? new Problem('internal', undefined, { cause: error });
		const details = problem.details(id);
		if (foreseen === null)
			log.error({ err: error, requestId: id, method: request.method, path: request.path }, 'a request failed');
		else if (details.status >= 500)
			log.warn(
				{ err: error, requestId: id, path: request.path, code: problem.code },
				'a request could not be answered',
			);
		if (response.headersSent) {
			response.destroy();
			return;
		}
		for (const name of ['Content-Disposition', 'ETag', 'Last-Modified']) response.removeHeader(name);
		if (problem.retryAt !== undefined)
			response.setHeader(
				'Retry-After',
				String(Math.max(1, Math.ceil((Date.parse(problem.retryAt) - Date.now()) / 1000))),
			);
		if (details.status === 503) response.setHeader('Retry-After', '2');
		if (details.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="reelroom"');
		response
			.status(details.status)
			.set({ 'Content-Type': 'application/problem+json; charset=utf-8', 'Cache-Control': 'no-store' });
		response.end(JSON.stringify(details));
	};
}
