import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import * as z from 'zod';
import type { CloudCall } from '../cloud-call.ts';
import { cloudProblem, plainWords } from '../cloud-problems.ts';
import { secretsOf, type OpenCredential } from '../credentials.ts';
import type { WorkState } from '../follow-work.ts';
import { WorkFailed } from '../once-only.ts';
import { arkFaults } from './faults.ts';
import type { Brought } from './visual.ts';

const ErrorOf = z.object({ code: z.string().catch(''), message: z.string().catch('') });
const Pictures = z.object({
	data: z
		.array(z.object({ url: z.string().nullish(), b64_json: z.string().nullish(), error: ErrorOf.nullish() }))
		.min(1)
		.max(20),
});
const Submitted = z.object({ id: z.string().regex(/^[\w-]{1,100}$/) });
const Work = z.object({
	status: z.string(),
	content: z.object({ video_url: z.string().nullish() }).nullish(),
	error: ErrorOf.nullish(),
});
export type ArkClient = ReturnType<typeof createArkClient>;

/** Speaks Volcengine's Ark under one key; what goes wrong is a problem. */
export function createArkClient(credential: OpenCredential, call: CloudCall) {
	const { baseUrl, apiKey, trust } = credential;
	const secrets = secretsOf(credential);
	const ask = async (
		path: string,
		{ isPaid, body, ...request }: Omit<Parameters<CloudCall>[1], 'body'> & { isPaid: boolean; body?: unknown },
	): Promise<unknown> => {
		if (apiKey === null) throw new Problem('credential-missing');
		try {
			const { json } = await call(`${baseUrl}${path}`, {
				...request,
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
				trust,
				headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
			});
			return json;
		} catch (error) {
			throw cloudProblem(error, { ...arkFaults, secrets, isPaid });
		}
	};
	/** What the service tells of work that failed. */
	const failureOf = ({ code, message }: z.infer<typeof ErrorOf>): WorkFailed =>
		new WorkFailed(
			arkFaults.sort({ codes: [code], words: message }, 200) ?? 'provider-failed',
			plainWords(message === '' ? code : message, secrets),
		);
	const short = { timeoutMs: 60_000, maxBytes: 4 * 1024 * 1024 } as const;
	return {
		/** Makes a picture; the answer is the picture or where it lies. */
		async picture(body: Record<string, unknown>, signal: AbortSignal): Promise<Brought> {
			const json = await ask('/images/generations', {
				method: 'POST',
				body,
				signal,
				timeoutMs: limits.taskMs.image,
				maxBytes: Math.ceil(limits.providerFileBytes * 1.4),
				isPaid: true,
			});
			const answer = Pictures.safeParse(json);
			const [first] = answer.data?.data ?? [];
			if (first?.error != null) throw failureOf(first.error);
			if (first?.b64_json != null) return { bytes: new Uint8Array(Buffer.from(first.b64_json, 'base64')) };
			if (first?.url != null) return { url: first.url };
			throw new Problem('provider-failed', 'The answer holds no picture', { cause: answer.error });
		},
		/** Asks for a clip; answers the id of the work. */
		async submit(body: Record<string, unknown>, signal: AbortSignal): Promise<string> {
			const json = await ask('/contents/generations/tasks', { ...short, method: 'POST', body, signal, isPaid: true });
			const submitted = Submitted.safeParse(json);
			// It was taken, and nobody knows under which id.
			if (!submitted.success)
				throw new Problem('provider-outcome-unknown', 'The answer holds no id', { cause: submitted.error });
			return submitted.data.id;
		},
		/** How a clip stands. */
		async look(id: string, signal: AbortSignal): Promise<WorkState<Brought>> {
			let json: unknown;
			try {
				json = await ask(`/contents/generations/tasks/${id}`, { ...short, signal, isPaid: false });
			} catch (error) {
				// It may not be found right after it was taken.
				if (error instanceof Problem && error.code === 'provider-refused') return { state: 'unknown' };
				throw error;
			}
			const work = Work.safeParse(json);
			if (!work.success)
				throw new Problem('provider-unavailable', 'What it says of the work was not understood', { cause: work.error });
			const { status, content, error } = work.data;
			if (status === 'queued' || status === 'running') return { state: status };
			if (status !== 'succeeded') throw failureOf(error ?? { code: '', message: `The provider says: ${status}` });
			if (content?.video_url == null) throw new WorkFailed('provider-failed', 'It ended without a clip');
			return { state: 'done', result: { url: content.video_url } };
		},
		/** Takes work back that has not begun; what runs cannot be stopped. */
		cancel: async (id: string): Promise<void> =>
			void (await ask(`/contents/generations/tasks/${id}`, {
				...short,
				method: 'DELETE',
				signal: AbortSignal.timeout(10_000),
				isPaid: false,
			})),
		/** Finds out whether the key is taken: asks for the list of clips, which costs nothing. */
		tryKey: async (signal: AbortSignal): Promise<void> =>
			void (await ask('/contents/generations/tasks?page_num=1&page_size=1', { ...short, signal, isPaid: false })),
	};
}
