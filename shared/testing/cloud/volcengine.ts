import { aPng, aRecordedFile } from '../comfyui/pictures.ts';
import { signatureFault } from './signature.ts';
import { aStandIn, numberOf, type Answer } from './stand-in.ts';

type Fields = Record<string, unknown>;
export type VisualOptions = {
	accessKey?: string;
	secretKey?: string;
	region?: string;
	now?: () => Date;
	/** Looks at work before it is done. */
	looks?: number;
	/** Whether pictures come as an address. */
	answersWithUrl?: boolean;
};
type Work = { id: string; fields: Fields; looks: number };

/** How many pictures each model is given; the models that make clips. */
const pictures: Readonly<Record<string, number>> = {
	jimeng_t2i_v31: 0,
	jimeng_t2i_v40: 0,
	jimeng_i2i_v30: 1,
	i2i_inpainting_edit: 2,
	jimeng_i2i_seed3_tilesr_cvtob: 1,
	jimeng_t2v_v30: 0,
	jimeng_i2v_first_v30: 1,
	jimeng_i2v_first_tail_v30: 2,
	jimeng_ti2v_v30_pro: 0,
};
const makesClips = /^jimeng_\w*2v_/;
const plain = (code: number, message: string, data: unknown, status = 200): Answer => ({
	status,
	body: {
		code,
		data,
		message,
		request_id: '20251127205456A1B2C3',
		status: code,
		time_elapsed: '23.099216ms',
	},
});
const isPicture = (base64: unknown): boolean => {
	const head = Buffer.from(String(base64), 'base64').subarray(0, 4).toString('latin1');
	return head.startsWith('\xff\xd8\xff') || head === '\x89PNG';
};

/** Stands in for Volcengine's visual API: signatures are computed again and compared, fields checked, work is submitted and asked for, forbidden words are refused. */
export async function aVisualApi({
	accessKey = 'AKLTthe-right-access-key',
	secretKey = 'the-right-secret-key==',
	region = 'cn-north-1',
	now = () => new Date(),
	looks = 1,
	answersWithUrl = true,
}: VisualOptions = {}) {
	const works = new Map<string, Work>();
	const files = new Map<string, Answer>();
	const submit = (fields: Fields): Answer => {
		const key = String(fields['req_key']);
		const given = (fields['binary_data_base64'] ?? []) as unknown[];
		const words = fields['prompt'] ?? fields['custom_prompt'];
		if (!Object.hasOwn(pictures, key)) return plain(50_200, `Invalid req_key ${key}`, null, 400);
		const needed = pictures[key] ?? 0;
		if (given.length < needed || !given.every(isPicture)) return plain(50_215, 'Invalid image', null, 400);
		if (needed === 0 && typeof words !== 'string') return plain(50_215, 'Missing prompt', null, 400);
		if (String(words ?? '').length > 800) return plain(50_215, 'The prompt is too long', null, 400);
		if (makesClips.test(key) && ![121, 241].includes(Number(fields['frames'])))
			return plain(50_215, 'Invalid frames', null, 400);
		if (/forbidden/.test(String(words))) return plain(50_412, 'Text Risk Not Pass', null, 400);
		const id = String(7_392_616_336_519_610_000n + BigInt(works.size));
		works.set(id, { id, fields, looks });
		return plain(10_000, 'Success', { task_id: id });
	};
	const lookAt = (fields: Fields, url: string): Answer => {
		const work = works.get(String(fields['task_id']));
		if (work === undefined || work.fields['req_key'] !== fields['req_key'])
			return plain(10_000, 'Success', { binary_data_base64: null, image_urls: null, status: 'not_found' });
		const waits = (status: string) => plain(10_000, 'Success', { binary_data_base64: null, image_urls: null, status });
		if (work.looks > 0) return waits(work.looks-- === looks && looks > 1 ? 'in_queue' : 'generating');
		const words = String(work.fields['prompt'] ?? work.fields['custom_prompt'] ?? '');
		if (/shameful/.test(words)) return plain(50_511, 'Post Img Risk Not Pass', { status: 'done' }, 400);
		const isClip = makesClips.test(String(work.fields['req_key']));
		const [width, height] = [Number(work.fields['width'] ?? 512), Number(work.fields['height'] ?? 512)];
		const seed = numberOf(`${words}${String(work.fields['seed'] ?? '')}`);
		const file = isClip ? aRecordedFile('mp4') : aPng(width, height, seed);
		const path = `/files/${work.id}.${isClip ? 'mp4' : 'png'}`;
		if (isClip || answersWithUrl) files.set(path, { file, type: isClip ? 'video/mp4' : 'image/png' });
		const data = isClip
			? { video_url: `${url}${path}` }
			: answersWithUrl
				? { binary_data_base64: null, image_urls: [`${url}${path}`] }
				: { binary_data_base64: [file.toString('base64')], image_urls: null };
		return plain(10_000, 'Success', { ...data, status: 'done' });
	};
	const standIn = await aStandIn(async (asked, url) => {
		const file = files.get(asked.target);
		if (file !== undefined) return file;
		const query = new URL(asked.target, url).searchParams;
		const fault = await signatureFault(asked, { accessKey, secretKey }, { region, service: 'cv', now: now() });
		const action = query.get('Action');
		const about = { RequestId: '2025', Action: action, Version: query.get('Version'), Service: 'cv', Region: region };
		const refuse = (status: number, Code: string, CodeN: number): Answer => ({
			status,
			body: { ResponseMetadata: { ...about, Error: { CodeN, Code, Message: `${Code} for ${accessKey}` } } },
		});
		if (fault !== null) return refuse(fault === 'InvalidTimestamp' ? 400 : 401, fault, 100_010);
		if (query.get('Version') !== '2022-08-31') return refuse(404, 'InvalidActionOrVersion', 100_008);
		const fields = (asked.json ?? {}) as Fields;
		if (action === 'CVSync2AsyncSubmitTask') return submit(fields);
		if (action === 'CVSync2AsyncGetResult') return lookAt(fields, url);
		return refuse(404, 'InvalidActionOrVersion', 100_008);
	});
	return {
		...standIn,
		/** What was submitted, in order. */
		submitted: () => [...works.values()].map(({ fields }) => fields),
		/** Brings all work to its end. */
		finish: () => works.forEach((work) => (work.looks = 0)),
		/** Forgets all work, as after its time. */
		forget: () => works.clear(),
	};
}

export type ArkOptions = { apiKey?: string; looks?: number; answersWithUrl?: boolean };

/** Stands in for Volcengine's Ark: pictures at once, clips as tasks with an id, under a key. */
export async function anArk({
	apiKey = 'ark-right-key-0123456789',
	looks = 1,
	answersWithUrl = false,
}: ArkOptions = {}) {
	const works = new Map<string, Work & { status: string }>();
	const files = new Map<string, Answer>();
	const problem = (status: number, code: string, message: string): Answer => ({
		status,
		body: { error: { code, message, param: '', type: status === 400 ? 'BadRequest' : 'Error' } },
	});
	const isDataUrl = (value: unknown): boolean =>
		/^data:image\/(jpeg|png);base64,/.test(String(value)) && isPicture(String(value).split(',')[1]);
	const picture = (fields: Fields, url: string): Answer => {
		const model = String(fields['model']);
		if (!/^doubao-seed(ream|edit)/.test(model))
			return problem(404, 'InvalidEndpointOrModel.NotFound', `The model or endpoint ${model} does not exist`);
		if (/forbidden/.test(String(fields['prompt'])))
			return problem(400, 'InputTextSensitiveContentDetected', 'The input text may contain sensitive information.');
		const images = [fields['image'] ?? []].flat();
		if (!images.every(isDataUrl)) return problem(400, 'InvalidParameter', 'The parameter `image` is not valid');
		const [width = 0, height = 0] = String(fields['size']).split('x').map(Number);
		const isOlder = model.includes('seedream-3');
		const fits = isOlder
			? Math.min(width, height) >= 512 && Math.max(width, height) <= 2048
			: width * height >= 921_600 && width * height <= 16_777_216;
		if (fields['size'] !== 'adaptive' && !fits)
			return problem(400, 'InvalidParameter', 'The parameter `size` is not valid: image size');
		if (fields['seed'] !== undefined && /seedream-[4-9]/.test(model))
			return problem(400, 'InvalidParameter', 'The parameter `seed` is not supported');
		const png = aPng(width || 640, height || 480, numberOf(`${String(fields['prompt'])}${String(fields['seed'])}`));
		const path = `/files/${files.size}.png`;
		if (answersWithUrl) files.set(path, { file: png, type: 'image/png' });
		const data = answersWithUrl ? { url: `${url}${path}` } : { b64_json: png.toString('base64') };
		return { status: 200, body: { model, created: 1_764_000_000, data: [data], usage: { generated_images: 1 } } };
	};
	const submit = (fields: Fields): Answer => {
		const content = (fields['content'] ?? []) as { type: string; text?: string; role?: string; image_url?: Fields }[];
		const words = content.find(({ type }) => type === 'text')?.text ?? '';
		const images = content.filter(({ type }) => type === 'image_url');
		if (!/^doubao-seedance/.test(String(fields['model'])))
			return problem(404, 'InvalidEndpointOrModel.NotFound', 'The model or endpoint does not exist');
		if (!images.every(({ image_url: image }) => isDataUrl(image?.['url'])))
			return problem(400, 'InvalidParameter', 'The parameter `content` is not valid');
		if (/forbidden/.test(words))
			return problem(400, 'InputTextSensitiveContentDetected', 'The input text may contain sensitive information.');
		const id = `cgt-20251127205456-${String(works.size).padStart(5, '0')}`;
		works.set(id, { id, fields, looks, status: 'queued' });
		return { status: 200, body: { id } };
	};
	const lookAt = (id: string, url: string): Answer => {
		const work = works.get(id);
		if (work === undefined) return problem(404, 'ResourceNotFound', `The task ${id} is not found`);
		const about = { id, model: work.fields['model'], created_at: 1_764_000_000, updated_at: 1_764_000_050 };
		if (work.looks > 0 && work.status !== 'cancelled') {
			work.status = work.looks-- === looks && looks > 1 ? 'queued' : 'running';
			return { status: 200, body: { ...about, status: work.status } };
		}
		const words = JSON.stringify(work.fields);
		if (work.status === 'cancelled') return { status: 200, body: { ...about, status: 'cancelled' } };
		if (/shameful/.test(words)) {
			const error = { code: 'OutputVideoSensitiveContentDetected', message: 'The output video may be sensitive.' };
			return { status: 200, body: { ...about, status: 'failed', error } };
		}
		const path = `/files/${id}.mp4`;
		files.set(path, { file: aRecordedFile('mp4'), type: 'video/mp4' });
		return {
			status: 200,
			body: {
				...about,
				status: 'succeeded',
				content: { video_url: `${url}${path}` },
				duration: 5,
				framespersecond: 24,
			},
		};
	};
	const standIn = await aStandIn((asked, url) => {
		const file = files.get(asked.target);
		if (file !== undefined) return file;
		if (asked.headers.authorization !== `Bearer ${apiKey}`)
			return problem(401, 'AuthenticationError', `the API key ${asked.headers.authorization ?? ''} is not valid`);
		const [path = ''] = asked.target.split('?');
		const fields = (asked.json ?? {}) as Fields;
		const [, id] = /^\/api\/v3\/contents\/generations\/tasks\/([\w-]+)$/.exec(path) ?? [];
		if (asked.method === 'POST' && path === '/api/v3/images/generations') return picture(fields, url);
		if (asked.method === 'POST' && path === '/api/v3/contents/generations/tasks') return submit(fields);
		if (asked.method === 'GET' && path === '/api/v3/contents/generations/tasks')
			return { status: 200, body: { total: works.size, items: [] } };
		if (asked.method === 'GET' && id !== undefined) return lookAt(id, url);
		if (asked.method === 'DELETE' && id !== undefined) {
			const work = works.get(id);
			if (work === undefined) return problem(404, 'ResourceNotFound', 'not found');
			if (work.status === 'running') return problem(409, 'InvalidAction.RunningTaskDeletion', 'It is running');
			work.status = 'cancelled';
			return { status: 200, body: {} };
		}
		return problem(404, 'NotFound', 'There is nothing here');
	});
	return {
		...standIn,
		baseUrl: `${standIn.url}/api/v3`,
		submitted: () => [...works.values()].map(({ fields }) => fields),
		statuses: () => [...works.values()].map(({ status }) => status),
	};
}
