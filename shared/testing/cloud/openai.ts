import { aPng } from '../comfyui/pictures.ts';
import { aStandIn, numberOf, type Answer, type Asked } from './stand-in.ts';

export type OpenaiOptions = {
	apiKey?: string | null;
	/** The models it has; those of a gateway take any size. */
	models?: readonly string[];
	/** Whether models that can do either answer with an address. */
	answersWithUrl?: boolean;
	/** What its text model says. */
	says?: (messages: readonly { role: string; content: string }[]) => string;
	/** Whether words come one after the other; with remarks in between, slowly, and broken off where told. */
	streams?: boolean;
	remarks?: boolean;
	paceMs?: number;
	breaksOff?: boolean;
	/** Where it says that its pictures lie; its own address unless told otherwise. */
	filesAt?: string;
};

const problem = (status: number, code: string | null, type: string, message: string): Answer => ({
	status,
	body: { error: { message, type, param: null, code } },
});
const sizes: readonly [RegExp, readonly string[]][] = [
	[/^gpt-image-1/, ['1024x1024', '1536x1024', '1024x1536', 'auto']],
	[/^dall-e-3/, ['1024x1024', '1792x1024', '1024x1792']],
];
const known = {
	generations:
		/^(model|prompt|n|size|quality|background|output_format|output_compression|moderation|user|stream|partial_images)$/,
	edits: /^(model|prompt|n|size|quality|background|output_format|output_compression|user|input_fidelity)$/,
};

type Part = { name: string; fileName: string | null; type: string | null; bytes: Buffer };
/** Takes a form apart. */
function partsOf({ headers, bytes }: Asked): Part[] {
	const [, boundary = ''] = /boundary=(\S+)$/.exec(headers['content-type'] ?? '') ?? [];
	const parts: Part[] = [];
	const mark = Buffer.from(`--${boundary}`);
	for (let at = bytes.indexOf(mark); at !== -1;) {
		const next = bytes.indexOf(mark, at + mark.length);
		if (next === -1) break;
		const part = bytes.subarray(at + mark.length + 2, next - 2);
		const end = part.indexOf('\r\n\r\n');
		const head = part.subarray(0, end).toString();
		parts.push({
			name: /name="([^"]*)"/.exec(head)?.[1] ?? '',
			fileName: /filename="([^"]*)"/.exec(head)?.[1] ?? null,
			type: /content-type: (\S+)/i.exec(head)?.[1] ?? null,
			bytes: part.subarray(end + 4),
		});
		at = next;
	}
	return parts;
}
const isPng = (bytes: Buffer): boolean => bytes.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n';
const pngSize = (bytes: Buffer): string => `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
const hasAlpha = (bytes: Buffer): boolean => [4, 6].includes(bytes[25] ?? 0);

/** Stands in for OpenAI's images API: keys, fields, sizes and forms are checked as it does, forbidden words are refused, pictures follow from the words. */
export async function anOpenai({
	apiKey = 'sk-right-key-0123456789',
	models = ['gpt-image-1', 'dall-e-3', 'gpt-4o'],
	answersWithUrl = false,
	filesAt,
	says = () => 'A lamp on a table, seen from below.',
	streams = true,
	remarks = false,
	paceMs = 2,
	breaksOff = false,
}: OpenaiOptions = {}) {
	const files = new Map<string, Buffer>();
	/** What was painted over, by the size of picture and mask. */
	const edits: { pictures: number; size: string; mask: string | null; prompt: string }[] = [];
	const refusal = (name: string, fields: Record<string, unknown>, of: RegExp): Answer | null => {
		const model = String(fields['model']);
		if (!models.includes(model))
			return problem(404, 'model_not_found', 'invalid_request_error', `The model '${model}' does not exist`);
		const isOwn = /^(gpt-image|dall-e)/.test(model);
		const strange = Object.keys(fields).find(
			(field) => !of.test(field) && !(field === 'response_format' && !model.startsWith('gpt-image')),
		);
		if (isOwn && strange !== undefined)
			return problem(400, 'unknown_parameter', 'invalid_request_error', `Unknown parameter: '${strange}'.`);
		const able = sizes.find(([begins]) => begins.test(model))?.[1];
		if (able !== undefined && !able.includes(String(fields['size'])))
			return problem(400, 'invalid_value', 'invalid_request_error', `Invalid size '${String(fields['size'])}'`);
		if (typeof fields['prompt'] !== 'string' || fields['prompt'] === '')
			return problem(400, 'missing_required_parameter', 'invalid_request_error', `${name} needs a prompt`);
		return /forbidden/.test(fields['prompt'])
			? problem(
					400,
					'moderation_blocked',
					'image_generation_user_error',
					'Your request was rejected by the safety system.',
				)
			: null;
	};
	const picture = (fields: Record<string, unknown>, url: string): Answer => {
		const { size, prompt, model } = fields as Record<string, string>;
		const [width = 64, height = 64] = (size === 'auto' ? '1024x1024' : (size ?? '')).split('x').map(Number);
		const png = aPng(width, height, numberOf(`${model}${prompt}`));
		const about = { created: 1_764_000_000, usage: { total_tokens: 100 } };
		const mayGiveUrl = model?.startsWith('gpt-image') !== true && fields['response_format'] !== 'b64_json';
		if (!answersWithUrl && !mayGiveUrl)
			return { status: 200, body: { ...about, data: [{ b64_json: png.toString('base64') }] } };
		const path = `/files/${numberOf(prompt ?? '')}.png`;
		files.set(path, png);
		return { status: 200, body: { ...about, data: [{ url: `${filesAt ?? url}${path}` }] } };
	};
	const chat = (fields: Record<string, unknown>): Answer => {
		const messages = fields['messages'] as { role: string; content: string }[];
		if (!models.includes(String(fields['model'])))
			return problem(404, 'model_not_found', 'invalid_request_error', 'The model does not exist');
		if (messages.some(({ content }) => content.includes('forbidden')))
			return problem(400, 'content_filter', 'invalid_request_error', 'The words were filtered');
		const said = says(messages);
		const about = { id: 'chatcmpl-1', object: 'chat.completion', created: 1_764_000_000, model: fields['model'] };
		if (!streams)
			return {
				status: 200,
				body: {
					...about,
					choices: [{ index: 0, message: { role: 'assistant', content: said }, finish_reason: 'stop' }],
				},
			};
		const events = [
			...(said.match(/.{1,3}/gsu) ?? []).map((content) => ({ index: 0, delta: { content }, finish_reason: null })),
			{ index: 0, delta: {}, finish_reason: 'stop' },
		].map((choice) => `data: ${JSON.stringify({ ...about, choices: [choice] })}\n\n`);
		const lines = [...events.flatMap((event) => (remarks ? [': keep-alive\n\n', event] : [event])), 'data: [DONE]\n\n'];
		const bytes = Buffer.from(lines.join(''));
		// Cut anywhere, also through a character, as networks do.
		const size = Math.ceil(bytes.length / Math.max(1, events.length)) + 1;
		const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
			bytes.subarray(at * size, (at + 1) * size),
		);
		return { pieces: breaksOff ? pieces.slice(0, -2) : pieces, paceMs, breaksOff };
	};
	const standIn = await aStandIn((asked, url) => {
		const file = files.get(asked.target);
		if (file !== undefined) {
			// Whoever has the address needs no key, and shows none.
			if (asked.headers.authorization !== undefined) return problem(400, null, 'invalid', 'A key was sent along');
			return { file, type: 'image/png' };
		}
		if (apiKey !== null && asked.headers.authorization !== `Bearer ${apiKey}`)
			return problem(
				401,
				'invalid_api_key',
				'invalid_request_error',
				`Incorrect API key provided: ${asked.headers.authorization ?? ''}.`,
			);
		if (asked.method === 'GET' && asked.target === '/v1/models')
			return { status: 200, body: { object: 'list', data: models.map((id) => ({ id, object: 'model' })) } };
		if (asked.method === 'POST' && asked.target === '/v1/chat/completions')
			return chat((asked.json ?? {}) as Record<string, unknown>);
		if (asked.method === 'POST' && asked.target === '/v1/images/generations') {
			const fields = (asked.json ?? {}) as Record<string, unknown>;
			return refusal('generations', fields, known.generations) ?? picture(fields, url);
		}
		if (asked.method === 'POST' && asked.target === '/v1/images/edits') {
			const parts = partsOf(asked);
			const fields = Object.fromEntries(
				parts.filter(({ fileName }) => fileName === null).map(({ name, bytes }) => [name, bytes.toString()]),
			);
			const images = parts.filter(({ name }) => name === 'image' || name === 'image[]');
			const mask = parts.find(({ name }) => name === 'mask');
			const refused = refusal('edits', fields, known.edits);
			if (refused !== null) return refused;
			const [first] = images;
			if (first === undefined || images.some(({ bytes, type }) => !isPng(bytes) || type !== 'image/png'))
				return problem(400, 'invalid_image_file', 'invalid_request_error', 'Invalid image file');
			if (mask !== undefined && (pngSize(mask.bytes) !== pngSize(first.bytes) || !hasAlpha(mask.bytes)))
				return problem(400, 'invalid_mask', 'invalid_request_error', 'The mask does not fit the image');
			edits.push({
				pictures: images.length,
				size: pngSize(first.bytes),
				mask: mask === undefined ? null : pngSize(mask.bytes),
				prompt: fields['prompt'] ?? '',
			});
			return picture(fields, url);
		}
		return problem(404, null, 'invalid_request_error', `Unknown request URL: ${asked.method} ${asked.target}`);
	});
	return { ...standIn, baseUrl: `${standIn.url}/v1`, edits };
}
