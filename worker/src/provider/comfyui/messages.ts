import * as z from 'zod';
import { parseExactJson } from '@reelroom/shared/provider/exact-json.ts';

const NodeState = z.object({
	value: z.number(),
	max: z.number(),
	state: z.string(),
	display_node_id: z.string().nullish(),
});
const OfPrompt = z.object({ prompt_id: z.string() });
const messages = {
	status: z.object({
		status: z.object({ exec_info: z.object({ queue_remaining: z.number() }) }),
		sid: z.string().nullish(),
	}),
	execution_start: OfPrompt,
	execution_cached: OfPrompt.extend({ nodes: z.array(z.string()) }),
	executing: z.object({ node: z.string().nullable(), prompt_id: z.string().optional() }),
	progress_state: OfPrompt.extend({ nodes: z.record(z.string(), NodeState) }),
	progress: z.object({
		value: z.number(),
		max: z.number(),
		prompt_id: z.string().optional(),
		node: z.string().nullish(),
	}),
	executed: OfPrompt.extend({ node: z.string(), output: z.unknown() }),
	execution_success: OfPrompt,
	execution_error: OfPrompt.extend({
		node_id: z.string().nullish(),
		node_type: z.string().nullish(),
		exception_type: z.string().catch(''),
		exception_message: z.string().catch(''),
	}),
	execution_interrupted: OfPrompt,
} as const;
type Messages = typeof messages;
/** What a ComfyUI tells in text frames, as far as it is known here. */
export type ComfyMessage = { [Type in keyof Messages]: { type: Type; data: z.infer<Messages[Type]> } }[keyof Messages];

/** Reads a text frame; null for kinds that are not known here and for what cannot be read. */
export function parseMessage(text: string): ComfyMessage | null {
	let told: unknown;
	try {
		told = parseExactJson(text);
	} catch {
		return null;
	}
	const frame = z.object({ type: z.string(), data: z.unknown() }).safeParse(told);
	if (!frame.success || !Object.hasOwn(messages, frame.data.type)) return null;
	const type = frame.data.type as keyof Messages;
	const data = messages[type].safeParse(frame.data.data);
	return data.success ? ({ type, data: data.data } as ComfyMessage) : null;
}

export type ComfyPicture = {
	image: Uint8Array;
	/** Whether it is a whole picture, which a node sends instead of saving it, and no preview. */
	isWhole: boolean;
	/** Null in frames without metadata: it belongs to what runs. */
	promptId: string | null;
};
const Metadata = z.object({ prompt_id: z.string().nullish(), image_type: z.string().nullish() });

/** Reads a binary frame with a picture, of both kinds; null for texts and for what cannot be read. */
export function parsePicture(frame: Uint8Array): ComfyPicture | null {
	if (frame.byteLength < 8) return null;
	const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
	const [kind, second] = [view.getUint32(0), view.getUint32(4)];
	if (kind === 1) return { image: frame.subarray(8), isWhole: second === 2, promptId: null };
	if (kind !== 4 || second > frame.byteLength - 8) return null;
	let told: unknown;
	try {
		told = JSON.parse(new TextDecoder().decode(frame.subarray(8, 8 + second)));
	} catch {
		return null;
	}
	const metadata = Metadata.safeParse(told);
	if (!metadata.success) return null;
	const { prompt_id: promptId, image_type: type } = metadata.data;
	return { image: frame.subarray(8 + second), isWhole: type === 'image/png', promptId: promptId ?? null };
}

/** How far a prompt is: whole nodes and the part of those that run, of all that must run. */
export function progressOf(
	nodes: Extract<ComfyMessage, { type: 'progress_state' }>['data']['nodes'],
	needed: number,
	cached: number,
): { value: number; max: number } {
	const own = Object.entries(nodes).filter(([id, { display_node_id: shown }]) => shown == null || shown === id);
	const done = own.reduce(
		(sum, [, { value, max, state }]) => sum + (state === 'finished' ? 1 : max > 0 ? Math.min(1, value / max) : 0),
		0,
	);
	const max = Math.max(needed, own.length + cached, 1);
	return { value: Math.min(max, done + cached), max };
}

const FileItem = z.object({
	filename: z.string().min(1),
	subfolder: z.string().catch(''),
	type: z.enum(['output', 'temp', 'input']),
});
export type FileItem = z.infer<typeof FileItem>;

/** Every file among the outputs of a prompt, whatever key it stands under; saved ones before temporary ones. */
export function filesOf(outputs: Record<string, unknown>): FileItem[] {
	const files = Object.values(outputs).flatMap((output) =>
		Object.values(z.record(z.string(), z.unknown()).catch({}).parse(output)).flatMap((items) =>
			(Array.isArray(items) ? items : []).flatMap((item: unknown) => {
				const file = FileItem.safeParse(item);
				return file.success ? [file.data] : [];
			}),
		),
	);
	const rank = ({ type }: FileItem) => (type === 'output' ? 0 : type === 'temp' ? 1 : 2);
	return files.sort((a, b) => rank(a) - rank(b));
}
