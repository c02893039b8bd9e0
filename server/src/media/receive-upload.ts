import { Problem } from '@reelroom/shared/problem.ts';
import type { Http } from '../http/on.ts';

/** The bytes of a request that are taken as they come. */
export type Upload = {
	/** The first of them, as many as there are up to that; none of an empty body. */
	first: (count: number) => Promise<Uint8Array>;
	/** All of them, the first ones too. Rejects with `take-too-large` as soon as there are more than may be, and with `invalid-input` where they break off. */
	chunks: (mostBytes: number) => AsyncIterable<Uint8Array>;
	/** Aborted when whoever sent it no longer waits for the answer. */
	signal: AbortSignal;
};

/** Reads the body of a request once, piece by piece: never more of it is in memory than one piece. */
export function receiveUpload({ request, response }: Http): Upload {
	const left = new AbortController();
	response.once('close', () => {
		if (!response.writableFinished) left.abort(new Problem('unavailable', 'Nobody waits for the answer'));
	});
	const pieces = request[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
	const next = async (): Promise<Uint8Array | null> => {
		try {
			const { done, value } = await pieces.next();
			return done === true ? null : value;
		} catch (error) {
			throw new Problem('invalid-input', 'The upload broke off', { cause: error });
		}
	};
	const begun: Uint8Array[] = [];
	return {
		signal: left.signal,
		async first(count) {
			let length = begun.reduce((sum, piece) => sum + piece.length, 0);
			for (
				let piece = length < count ? await next() : null;
				piece !== null;
				piece = length < count ? await next() : null
			) {
				begun.push(piece);
				length += piece.length;
			}
			return Uint8Array.from(Buffer.concat(begun).subarray(0, count));
		},
		async *chunks(mostBytes) {
			// What is said to be too large is not waited for.
			if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw new Problem('take-too-large');
			let length = 0;
			const counted = (piece: Uint8Array): Uint8Array => {
				length += piece.length;
				if (length > mostBytes) throw new Problem('take-too-large');
				return piece;
			};
			for (const piece of begun.splice(0)) yield counted(piece);
			for (let piece = await next(); piece !== null; piece = await next()) yield counted(piece);
		},
	};
}
