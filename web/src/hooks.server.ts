import type { Handle, HandleFetch } from '@sveltejs/kit/hooks';
import { Language, Theme } from '@reelroom/shared/account/account.ts';
import { languageFrom } from '#lib/i18n/language-from.ts';

/** Gives every page its language and theme before it is sent, so that nothing flashes. */
export const handle: Handle = async ({ event, resolve }) => {
	const chosen = Language.safeParse(event.cookies.get('language'));
	event.locals.language = chosen.success ? chosen.data : languageFrom(event.request.headers.get('accept-language'));
	const theme = Theme.safeParse(event.cookies.get('theme'));
	event.locals.theme = theme.success ? theme.data : 'system';
	const response = await resolve(event, {
		transformPageChunk: ({ html }) =>
			html.replace('%reelroom.language%', event.locals.language).replace('%reelroom.theme%', event.locals.theme),
	});
	response.headers.set('x-content-type-options', 'nosniff');
	if (!response.headers.has('referrer-policy')) response.headers.set('referrer-policy', 'same-origin');
	return response;
};

/** The API is answered by the server that holds this handler, not by Kit: call it where this request came in. */
export const handleFetch: HandleFetch = ({ event, request, fetch }) => {
	const url = new URL(request.url);
	const socket = event.platform?.req?.socket;
	if (url.origin !== event.url.origin || !url.pathname.startsWith('/api/') || socket?.localPort === undefined)
		return fetch(request);
	const address = socket.localAddress ?? '127.0.0.1';
	const host = address.includes(':') ? `[${address}]` : address;
	return globalThis.fetch(new Request(`http://${host}:${socket.localPort}${url.pathname}${url.search}`, request));
};
