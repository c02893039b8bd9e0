import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import * as z from 'zod';
import type { CloudCall, CloudAnswer } from '../cloud-call.ts';
import { cloudProblem } from '../cloud-problems.ts';
import { secretsOf, type OpenCredential } from '../credentials.ts';
import { openaiFaults } from './faults.ts';
import { multipart, type FormField } from './multipart.ts';

const Pictures = z.object({
	data: z
		.array(z.object({ b64_json: z.string().nullish(), url: z.string().nullish() }))
		.min(1)
		.max(20),
});
const Models = z.object({ data: z.array(z.object({ id: z.string().min(1).max(200) })).max(5000) });
/** A picture in base64 takes a third more than it has. */
const answerBytes = Math.ceil(limits.providerFileBytes * 1.4);

export type OpenaiClient = ReturnType<typeof createOpenaiClient>;

/** Speaks OpenAI's images API with one service under one key; what goes wrong is a problem. */
export function createOpenaiClient(credential: OpenCredential, call: CloudCall) {
	const { baseUrl, apiKey, trust } = credential;
	const headers: Record<string, string> = apiKey === null ? {} : { Authorization: `Bearer ${apiKey}` };
	const ask = async (
		path: string,
		{ isPaid, ...request }: Parameters<CloudCall>[1] & { isPaid: boolean },
	): Promise<CloudAnswer> => {
		try {
			return await call(`${baseUrl}${path}`, { ...request, trust, headers: { ...headers, ...request.headers } });
		} catch (error) {
			throw cloudProblem(error, { ...openaiFaults, secrets: secretsOf(credential), isPaid });
		}
	};
	/** The first picture of an answer: its bytes, or those at the address it gives. */
	const pictureOf = async ({ json }: CloudAnswer, signal: AbortSignal): Promise<Uint8Array> => {
		const answer = Pictures.safeParse(json);
		const [first] = answer.data?.data ?? [];
		const inline = first?.b64_json ?? (first?.url?.startsWith('data:') === true ? first.url : null);
		if (inline != null) return new Uint8Array(Buffer.from(inline.replace(/^data:[^,]*,/, ''), 'base64'));
		if (first?.url == null)
			throw new Problem('provider-failed', 'The answer holds no picture', { cause: answer.error });
		try {
			// The key is for the service alone: wherever its pictures lie, they are fetched without it.
			const { bytes } = await call(first.url, {
				signal,
				trust,
				timeoutMs: 60_000,
				maxBytes: limits.providerFileBytes,
			});
			return new Uint8Array(bytes);
		} catch (error) {
			const problem = cloudProblem(error, { ...openaiFaults, secrets: secretsOf(credential), isPaid: false });
			// It was made and paid for: trying the whole again would pay once more.
			if (!(problem instanceof Problem) || problem.code === 'address-refused') throw problem;
			throw new Problem('provider-failed', `Its picture could not be fetched: ${problem.message}`, { cause: error });
		}
	};
	const paid = { method: 'POST', timeoutMs: limits.taskMs.image, maxBytes: answerBytes, isPaid: true } as const;
	return {
		/** Makes a picture of words. */
		async generate(body: Record<string, string | number>, signal: AbortSignal): Promise<Uint8Array> {
			const answer = await ask('/images/generations', {
				...paid,
				signal,
				headers: { 'Content-Type': 'application/json' },
				body: JSON.stringify(body),
			});
			return pictureOf(answer, signal);
		},
		/** Makes a picture of others, within a mask if there is one. */
		async edit(fields: readonly FormField[], signal: AbortSignal): Promise<Uint8Array> {
			const { body, contentType } = multipart(fields);
			const answer = await ask('/images/edits', { ...paid, signal, headers: { 'Content-Type': contentType }, body });
			return pictureOf(answer, signal);
		},
		/** The models that the service lists; asking for them costs nothing. */
		async models(signal: AbortSignal): Promise<string[]> {
			const { json } = await ask('/models', {
				signal,
				timeoutMs: 20_000,
				maxBytes: 4 * 1024 * 1024,
				isPaid: false,
			});
			const answer = Models.safeParse(json);
			if (!answer.success)
				throw new Problem('provider-refused', 'What answers at this address lists no models', { cause: answer.error });
			return answer.data.data.map(({ id }) => id);
		},
	};
}
