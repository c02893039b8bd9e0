import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';
import { apiPrefix } from '@reelroom/shared/http/endpoint.ts';
import { openapi } from '@reelroom/shared/http/openapi.ts';

const docs = `${apiPrefix}/docs`;
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Reelroom API</title>
<link rel="stylesheet" href="${docs}/assets/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="${docs}/assets/swagger-ui-bundle.js"></script>
<script src="${docs}/start.js"></script>
</body>
</html>
`;
const start = `SwaggerUIBundle({ url: '${apiPrefix}/openapi.json', dom_id: '#reference', deepLinking: true, validatorUrl: null });\n`;
const csp =
	"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** The contract as OpenAPI and a page to read it, all served by us. */
export function reference(version: string): Router {
	const router = express.Router();
	const assets = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
	router.get(`${apiPrefix}/openapi.json`, (_request, response) => void response.json(openapi(version)));
	router.get(docs, (_request, response) => void response.set('Content-Security-Policy', csp).type('html').send(page));
	router.get(`${docs}/start.js`, (_request, response) => void response.type('js').send(start));
	for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js'])
		router.get(`${docs}/assets/${name}`, (_request, response) =>
			response.sendFile(name, { root: assets, maxAge: '1d', dotfiles: 'allow' }),
		);
	return router;
}
