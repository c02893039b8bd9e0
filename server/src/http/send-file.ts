import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Request, Response } from 'express';
import { Problem } from '@reelroom/shared/problem.ts';
import type { FileReply } from './on.ts';

/** The header that names a download, with every name encoded as RFC 6266 asks. */
export function contentDisposition(name: string): string {
	const clean = name.replace(/[\p{Cc}/\\]/gu, '_').slice(0, 200);
	const ascii = clean.replace(/[^\x20-\x7e]/g, '_').replace(/["%]/g, '_');
	const encoded = encodeURIComponent(clean).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
	return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** Answers with a file, whole or the range that was asked for. */
export async function sendFile(
	request: Request,
	response: Response,
	reply: FileReply,
	recheckMs = rightMs,
): Promise<void> {
	response.set({
		'Content-Type': reply.mediaType,
		'Cache-Control': reply.cache === 'immutable' ? 'private, max-age=31536000, immutable' : 'private, no-cache',
		'X-Content-Type-Options': 'nosniff',
	});
	if (reply.downloadName !== undefined)
		response.setHeader('Content-Disposition', contentDisposition(reply.downloadName));
	if (typeof reply.file !== 'string') {
		sendBytes(request, response, reply.file);
		return;
	}
	// A file that is gone is answered for below.
	wholeForLongSuffix(request, (await stat(reply.file).catch(() => null))?.size ?? 0);
	const watch = watchRight(response, reply.stillAllowed, recheckMs);
	await sendFromDisk(response, reply.file).finally(() => clearInterval(watch));
}

/** The last bytes of a file, more of them than it has, are all of it (RFC 9110, 14.1.2); the libraries below refuse them. */
function wholeForLongSuffix({ headers }: Request, sizeBytes: number): void {
	const wanted = /^bytes=\s*-(\d+)$/.exec(headers.range ?? '')?.[1];
	if (wanted !== undefined && sizeBytes > 0 && Number(wanted) > sizeBytes) headers.range = 'bytes=0-';
}

/** How long the right to a file may be trusted while it is being sent. */
const rightMs = 1_000;

/** Cuts a reply off when its reader's right has ended; a question that could not be answered is asked again. */
function watchRight(response: Response, stillAllowed: FileReply['stillAllowed'], everyMs: number) {
	if (stillAllowed === undefined) return undefined;
	let asking = false;
	return setInterval(() => {
		if (asking) return;
		asking = true;
		stillAllowed()
			.then(
				(allowed) => void (allowed || response.destroy()),
				() => {},
			)
			.finally(() => (asking = false));
	}, everyMs);
}

function sendFromDisk(response: Response, path: string): Promise<void> {
	return new Promise((resolve, reject) => {
		// The folder of the data may have a name that begins with a dot; names from outside never get here.
		response.sendFile(path, { cacheControl: false, dotfiles: 'allow' }, (error?: Error & { code?: string }) => {
			const left = error?.code === 'ECONNABORTED' || error?.code === 'EPIPE' || error?.code === 'ECONNRESET';
			if (error === undefined || error === null || left) resolve();
			else reject(error);
		});
	});
}

function sendBytes(request: Request, response: Response, bytes: Uint8Array): void {
	const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	response.set({
		'Accept-Ranges': 'bytes',
		ETag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
	});
	if (request.fresh) {
		response.status(304).end();
		return;
	}
	wholeForLongSuffix(request, body.length);
	const ranges = request.range(body.length, { combine: true });
	if (ranges === -1) {
		response.setHeader('Content-Range', `bytes */${body.length}`);
		throw new Problem('range-not-satisfiable');
	}
	const [range] = Array.isArray(ranges) && ranges.type === 'bytes' && ranges.length === 1 ? ranges : [];
	const part = range === undefined ? body : body.subarray(range.start, range.end + 1);
	if (range !== undefined)
		response.status(206).setHeader('Content-Range', `bytes ${range.start}-${range.end}/${body.length}`);
	response.setHeader('Content-Length', part.length);
	response.end(request.method === 'HEAD' ? undefined : part);
}
