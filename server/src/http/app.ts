import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import { apiPrefix } from '@reelroom/shared/http/endpoint.ts';
import { nothingHere } from './mount.ts';
import { requestId } from './problems.ts';

// Pages get their policy, with its nonces, from SvelteKit; this one is for what the API answers, opened by itself.
const apiPolicy =
	"default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const apiHeaders: RequestHandler = (_request, response, next) => {
	response.setHeader('Content-Security-Policy', apiPolicy);
	next();
};
// A browser that is once told to use HTTPS does so for a year: only those who came that way are told.
const secureTransport: RequestHandler = (request, response, next) => {
	if (request.secure) response.setHeader('Strict-Transport-Security', 'max-age=31536000');
	next();
};

export type AppDeps = {
	trustProxy: number;
	version: string;
	/** Whether the database answers. */
	isMongoUp: () => Promise<boolean>;
	/** The operations, the reference page. */
	routers: readonly Router[];
	/** The built web page; last, so that it never answers for the API. */
	web: RequestHandler | undefined;
	answerProblems: ErrorRequestHandler;
};

/** The Express application: headers, operations, the web page, and one place for whatever goes wrong. */
export function createApp({ trustProxy, version, isMongoUp, routers, web, answerProblems }: AppDeps): Express {
	const app = express();
	app.set('trust proxy', trustProxy).disable('x-powered-by');
	app.use(requestId, secureTransport);
	app.use(
		helmet({ contentSecurityPolicy: false, strictTransportSecurity: false, referrerPolicy: { policy: 'same-origin' } }),
	);
	app.use('/api', apiHeaders);
	app.get(`${apiPrefix}/health`, async (_request, response) => {
		const up = await isMongoUp();
		response
			.status(up ? 200 : 503)
			.set('Cache-Control', 'no-store')
			.json({ status: up ? 'ok' : 'unavailable', version, mongo: up ? 'ok' : 'unavailable' });
	});
	for (const router of routers) app.use(router);
	app.use('/api', nothingHere);
	app.use(web ?? nothingHere);
	app.use(answerProblems);
	return app;
}
