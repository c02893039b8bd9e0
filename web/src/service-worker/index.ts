import { version } from '$app/env';
import { assets, immutable } from '$app/manifest';
import { self } from '$app/service-worker';
import { keptReplies, mostPictures, outdated, pictures, programOf, rules } from './rules.ts';

/** The program itself: one cache per build. */
const program = programOf(version);
/** The studio's page, the same for every project: the browser fills it. */
const shell = '/projects';

// The Chinese letters come in a hundred slices; those that are shown are kept when they come.
const wanted = [...immutable, ...assets].map(({ path }) => new URL(path, self.location.origin).pathname);
const first = wanted.filter((path) => /\.(?:js|css|svg)$|(?:inter|courier-prime)-latin-.*\.woff2$/.test(path));

self.addEventListener('install', (event) => {
	event.waitUntil(
		(async () => {
			await (await caches.open(program)).addAll(first);
			await self.skipWaiting();
		})(),
	);
});

self.addEventListener('activate', (event) => {
	event.waitUntil(
		(async () => {
			await Promise.all(outdated(await caches.keys(), program).map((name) => caches.delete(name)));
			await self.clients.claim();
			// The page that brought this worker came without it: the next time it may be needed without a network.
			await Promise.allSettled([freshest(new Request(shell)), freshest(new Request(`${shell}/__data.json`))]);
		})(),
	);
});

self.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== 'GET' || url.origin !== self.location.origin || request.headers.has('range')) return;
	const rule = rules.find(({ fits }) => fits(url, request.mode))?.keep;
	if (rule === 'program') event.respondWith(kept(program, request));
	else if (rule === 'picture') event.respondWith(kept(pictures, request));
	else if (rule === 'reply') event.respondWith(freshest(request));
	else if (rule === 'shell')
		event.respondWith(freshest(request, url.pathname.endsWith('.json') ? `${shell}/__data.json` : shell));
});

/** What never changes under its address: from the cache, else from the network into the cache. */
async function kept(name: string, request: Request): Promise<Response> {
	const cache = await caches.open(name);
	const there = await (name === program ? caches.match(request) : cache.match(request));
	if (there !== undefined) return there;
	const response = await fetch(request);
	if (response.ok && response.status === 200) {
		await cache.put(request, response.clone());
		if (name === pictures) await trim(cache);
	}
	return response;
}

/** What may change: from the network, and only where that or the server behind it is away what was last heard. */
async function freshest(request: Request, key: string = request.url): Promise<Response> {
	const cache = await caches.open(keptReplies);
	let response: Response | undefined;
	let failure: unknown;
	try {
		response = await fetch(request);
	} catch (reason) {
		failure = reason;
	}
	if (response !== undefined && response.status < 502) {
		// A redirect to the sign-in page is no studio, and files are not for keeping.
		if (response.ok && !response.redirected && /json|html/.test(response.headers.get('content-type') ?? ''))
			await cache.put(key, response.clone());
		return response;
	}
	const there = await cache.match(key);
	if (there !== undefined) return past(there);
	if (response !== undefined) return response;
	throw failure;
}

/** A reply that was kept, without the time it was given at: clocks are set by that, and it has passed. */
function past(kept: Response): Response {
	const headers = new Headers(kept.headers);
	headers.delete('date');
	return new Response(kept.body, { status: kept.status, statusText: kept.statusText, headers });
}

/** Keeps a device from filling up: the pictures seen longest ago go first. */
async function trim(cache: Cache): Promise<void> {
	const keys = await cache.keys();
	await Promise.all(keys.slice(0, Math.max(0, keys.length - mostPictures)).map((key) => cache.delete(key)));
}
