import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import * as z from 'zod';
import { CloudFault, type CloudCall } from '../cloud-call.ts';
import { cloudProblem } from '../cloud-problems.ts';
import { secretsOf, type OpenCredential } from '../credentials.ts';
import type { WorkState } from '../follow-work.ts';
import { WorkFailed } from '../once-only.ts';
import { visualFaults } from './faults.ts';
import { signedHeaders } from './sign.ts';

const version = '2022-08-31';
const done = 10_000;
const Submitted = z.object({ code: z.literal(done), data: z.object({ task_id: z.string().min(1).max(100) }) });
const Result = z.object({
	code: z.number(),
	data: z
		.object({
			status: z.string().nullish(),
			binary_data_base64: z.array(z.string()).nullish(),
			image_urls: z.array(z.string()).nullish(),
			video_url: z.string().nullish(),
		})
		.nullish(),
});
/** What work brought: bytes, or where they lie for some hours. */
export type Brought = { bytes: Uint8Array } | { url: string };
/** What is asked of the visual API; `req_key` says of which of its models. */
export type VisualBody = { req_key: string } & Record<string, unknown>;
export type VisualClient = ReturnType<typeof createVisualClient>;

/** Speaks Volcengine's signed visual API (service `cv`) under one pair of keys; what goes wrong is a problem. */
export function createVisualClient(credential: OpenCredential, call: CloudCall, now: () => Date) {
	const { baseUrl, region, accessKey, secretKey, trust } = credential;
	const secrets = secretsOf(credential);
	const post = async (action: string, body: VisualBody, signal: AbortSignal, isPaid: boolean): Promise<unknown> => {
		if (accessKey === null || secretKey === null) throw new Problem('credential-missing');
		const url = new URL(`${baseUrl}/?Action=${action}&Version=${version}`);
		const text = JSON.stringify(body);
		const signing = {
			method: 'POST',
			url,
			body: text,
			accessKey,
			secretKey,
			region,
			service: 'cv',
			at: now(),
		} as const;
		try {
			const { json } = await call(url.href, {
				method: 'POST',
				body: text,
				headers: signedHeaders(signing),
				trust,
				signal,
				timeoutMs: 60_000,
				maxBytes: Math.ceil(limits.providerFileBytes * 1.4),
			});
			return json;
		} catch (error) {
			throw cloudProblem(error, { ...visualFaults, secrets, isPaid });
		}
	};
	/** The problem of an answer that is one although it came with 200. */
	const refusalOf = (json: unknown): unknown =>
		cloudProblem(new CloudFault('It was not understood', { status: 200, body: json, maybeDone: false }), {
			...visualFaults,
			secrets,
			isPaid: false,
		});
	return {
		/** Asks for work; answers its id. */
		async submit(body: VisualBody, signal: AbortSignal): Promise<string> {
			const json = await post('CVSync2AsyncSubmitTask', body, signal, true);
			const submitted = Submitted.safeParse(json);
			if (!submitted.success) throw refusalOf(json);
			return submitted.data.data.task_id;
		},
		/** How work stands. Throws `WorkFailed` when the service says that it has failed. */
		async look(key: string, id: string, signal: AbortSignal): Promise<WorkState<Brought>> {
			const options = JSON.stringify({ return_url: true, logo_info: { add_logo: false } });
			let json: unknown;
			try {
				json = await post('CVSync2AsyncGetResult', { req_key: key, task_id: id, req_json: options }, signal, false);
			} catch (error) {
				throw ended(error);
			}
			const result = Result.safeParse(json);
			if (!result.success || result.data.code !== done) throw ended(refusalOf(json));
			const { status, binary_data_base64: inline, image_urls: pictures, video_url: clip } = result.data.data ?? {};
			if (status === 'not_found') return { state: 'unknown' };
			if (status === 'expired') throw new WorkFailed('provider-failed', 'The provider gave it up');
			if (status !== 'done') return { state: status === 'generating' ? 'running' : 'queued' };
			const url = clip ?? pictures?.[0];
			if (url != null && url !== '') return { state: 'done', result: { url } };
			const [bytes] = inline ?? [];
			if (bytes === undefined) throw new WorkFailed('provider-failed', 'It ended without a picture');
			return { state: 'done', result: { bytes: new Uint8Array(Buffer.from(bytes, 'base64')) } };
		},
		/** Finds out whether the keys are taken: asks for work that is not there, which costs nothing. */
		async tryKeys(signal: AbortSignal): Promise<void> {
			const body = { req_key: 'jimeng_t2i_v31', task_id: '0' };
			const json = await post('CVSync2AsyncGetResult', body, signal, false).catch((error: unknown) => {
				// It was let in, and said no to an id that is none.
				if (error instanceof Problem && error.code === 'provider-refused') return null;
				throw error;
			});
			const { codes } = visualFaults.read(json);
			const refused = json === null ? null : visualFaults.sort({ codes, words: '' }, 200);
			if (refused === 'credential-refused' || refused === 'provider-out-of-credit') throw refusalOf(json);
		},
	};
}

/** Of what went wrong in a look, what is the end of the work itself: its content was refused, or it was never taken. */
function ended(error: unknown): unknown {
	const isEnd =
		error instanceof Problem && ['content-refused', 'provider-refused', 'provider-failed'].includes(error.code);
	return isEnd ? new WorkFailed(error.code, error.detail, { cause: error.cause }) : error;
}
