import type { IncomingMessage } from 'node:http';
import { mediaTypes } from './pictures.ts';

export type StoredFiles = Map<string, Buffer>;
export type Reply = { status: number; headers?: Record<string, string>; body?: Buffer | string };

const climbs = (path: string): boolean => path.startsWith('/') || path.split('/').includes('..');
const key = (type: string, subfolder: string, name: string): string =>
	`${type}/${subfolder === '' ? '' : `${subfolder}/`}${name}`;
/** `name [temp]` as its name and type. */
const annotated = (name: string, type: string): [name: string, type: string] => {
	const found = /^(.*) \[(input|output|temp)\]$/.exec(name);
	return found === null ? [name, type] : [found[1] ?? '', found[2] ?? ''];
};

/** The bytes that a LoadImage of this value would read; null when there is no such file. */
export function inputFile(files: StoredFiles, value: string): Buffer | null {
	const [name, type] = annotated(value, 'input');
	return files.get(`${type}/${name}`) ?? null;
}

/** Answers `GET /view`. */
export function view(files: StoredFiles, query: URLSearchParams, range: string | undefined): Reply {
	const given = query.get('filename');
	if (given === null) return { status: 404 };
	const [name, type] = annotated(given, query.get('type') ?? 'output');
	if (name === '' || climbs(name) || !['output', 'input', 'temp'].includes(type)) return { status: 400 };
	const subfolder = query.get('subfolder') ?? '';
	if (climbs(subfolder)) return { status: 403 };
	const bytes = files.get(key(type, subfolder, name.split('/').at(-1) ?? ''));
	if (bytes === undefined) return { status: 404 };
	const headers = {
		'Content-Disposition': `filename="${name}"`,
		'Content-Type': mediaTypes[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
		'Accept-Ranges': 'bytes',
	};
	const part = /^bytes=(\d+)-(\d+)$/.exec(range ?? '');
	if (part === null) return { status: 200, headers, body: bytes };
	return { status: 206, headers, body: bytes.subarray(Number(part[1]), Number(part[2]) + 1) };
}

/** Answers `POST /upload/image`: the name that comes back is the one to use. A mask names the picture that it belongs to, which must be there. */
export async function upload(
	files: StoredFiles,
	request: IncomingMessage,
	body: Buffer,
	isMask = false,
): Promise<Reply> {
	const trouble = {
		status: 500,
		headers: { 'Content-Type': 'text/plain; charset=utf-8' },
		body: '500 Internal Server Error\n\nServer got itself in trouble',
	};
	const contentType = request.headers['content-type'] ?? '';
	if (!contentType.startsWith('multipart/form-data')) return { status: 400 };
	const form = await new Response(new Uint8Array(body), { headers: { 'Content-Type': contentType } }).formData();
	const image = form.get('image');
	if (image === null) return { status: 400 };
	if (typeof image === 'string') return trouble;
	const type = String(form.get('type') ?? 'input');
	const subfolder = String(form.get('subfolder') ?? '');
	if (climbs(subfolder) || climbs(image.name)) return { status: 400 };
	if (!['input', 'output', 'temp'].includes(type) || image.name.includes('/')) return trouble;
	if (isMask) {
		const original = form.get('original_ref');
		const named = (typeof original === 'string' ? JSON.parse(original) : {}) as Partial<Record<string, string>>;
		const { filename = '', subfolder: folder = '', type: of = 'output' } = named;
		if (!files.has(key(of, folder, filename))) return { status: 404 };
	}
	const bytes = Buffer.from(await image.arrayBuffer());
	const overwrite = ['true', '1'].includes(String(form.get('overwrite') ?? ''));
	const [, stem = image.name, ending = ''] = /^(.*?)(\.[^.]*)?$/.exec(image.name) ?? [];
	let name = image.name;
	for (let count = 1; !overwrite; count++) {
		const there = files.get(key(type, subfolder, name));
		if (there === undefined || there.equals(bytes)) break;
		name = `${stem} (${count})${ending}`;
	}
	files.set(key(type, subfolder, name), bytes);
	return {
		status: 200,
		headers: { 'Content-Type': 'application/json; charset=utf-8' },
		body: JSON.stringify({ name, subfolder, type }),
	};
}
