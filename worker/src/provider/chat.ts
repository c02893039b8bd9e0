import { Problem } from '@reelroom/shared/problem.ts';
import type { ChatMessage } from '@reelroom/shared/provider/text.ts';
import * as z from 'zod';
import type { CloudCall } from './cloud-call.ts';
import { cloudProblem } from './cloud-problems.ts';
import { secretsOf, type OpenCredential } from './credentials.ts';
import { openaiFaults } from './openai/faults.ts';

const Piece = z.object({
	choices: z
		.array(
			z.object({
				delta: z.object({ content: z.string().nullish() }).nullish(),
				message: z.object({ content: z.string().nullish() }).nullish(),
				finish_reason: z.string().nullish(),
			}),
		)
		.catch([]),
	error: z.object({ message: z.string().catch('') }).nullish(),
});
const mostChars = 20_000;

/** Reads the lines of a stream as they come, whole ones only. */
function createLines(onLine: (line: string) => void) {
	const decoder = new TextDecoder();
	let rest = '';
	return (bytes: Uint8Array): void => {
		const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
		rest = lines.pop() ?? '';
		lines.forEach((line) => onLine(line.replace(/\r$/, '')));
	};
}

/**
 * Has a text model write, by the chat of OpenAI's API and whatever speaks it; `onText` is told all that is written so far. Answers the whole. Services that do
 * not stream answer at once.
 */
export async function chat(
	{ messages, maxTokens }: { messages: readonly ChatMessage[]; maxTokens: number },
	{
		credential,
		call,
		signal,
		onText,
	}: { credential: OpenCredential; call: CloudCall; signal: AbortSignal; onText: (text: string) => void },
): Promise<string> {
	const { baseUrl, apiKey, trust, models } = credential;
	let text = '';
	let end: string | null = null;
	let fault: string | null = null;
	const take = (json: unknown): void => {
		const piece = Piece.safeParse(json);
		if (!piece.success) return;
		const [choice] = piece.data.choices;
		if (piece.data.error != null) fault = piece.data.error.message;
		text = (text + (choice?.delta?.content ?? choice?.message?.content ?? '')).slice(0, mostChars);
		end = choice?.finish_reason ?? end;
	};
	const lines = createLines((line) => {
		const [, data = ''] = /^data:\s*(.*)$/.exec(line) ?? [];
		if (data === '' || data === '[DONE]') return;
		try {
			take(JSON.parse(data));
		} catch {
			// A line that is no JSON is a remark of something in between.
			return;
		}
		onText(text);
	});
	try {
		const answer = await call(`${baseUrl}/chat/completions`, {
			method: 'POST',
			headers: {
				'Content-Type': 'application/json',
				Accept: 'text/event-stream, application/json',
				...(apiKey === null ? {} : { Authorization: `Bearer ${apiKey}` }),
			},
			body: JSON.stringify({ model: models[0] ?? '', messages, stream: true, max_tokens: maxTokens }),
			trust,
			signal,
			timeoutMs: 120_000,
			maxBytes: 4 * 1024 * 1024,
			onChunk: lines,
		});
		if (text === '' && answer.json !== undefined) take(answer.json);
	} catch (error) {
		throw cloudProblem(error, { ...openaiFaults, secrets: secretsOf(credential), isPaid: false });
	}
	if (fault !== null) throw new Problem('provider-failed', fault);
	if (end === 'content_filter') throw new Problem('content-refused');
	if (text.trim() === '') throw new Problem('provider-failed', 'The model wrote nothing');
	onText(text);
	return text;
}
