import sharp from 'sharp';
import { expect, it } from 'vitest';
import { readyWorkflows } from '../../defaults/workflows/ready-workflows.ts';
import { aRecordedFile } from '../../testing/comfyui/pictures.ts';
import { everyModel, nodesWith } from '../../testing/comfyui/nodes.ts';
import { Problem } from '../problem.ts';
import { formatExactJson } from '../provider/exact-json.ts';
import { parseObjectInfo } from '../provider/object-info.ts';
import { readWorkflowFile } from './read-workflow-file.ts';

const classes = parseObjectInfo(nodesWith(everyModel));
const graph = readyWorkflows().find(({ name }) => name === 'sd15-text-to-image')?.graph ?? {};
const prompt = formatExactJson(graph).replace('"seed":0', '"seed":18446744073709551615');
const pixels = sharp({ create: { width: 8, height: 8, channels: 3, background: '#345' } });
const read = (bytes: Uint8Array) => readWorkflowFile(new Uint8Array(bytes), classes).content.graph;
const codeOf = (bytes: Uint8Array): string => {
	try {
		read(bytes);
		return 'read';
	} catch (error) {
		return error instanceof Problem ? error.code : String(error);
	}
};

/** A PNG with words in it, as ComfyUI saves one. */
async function aPng(words: [kind: 'tEXt' | 'iTXt', key: string, text: string][]): Promise<Uint8Array> {
	const png = await pixels.clone().png().toBuffer();
	const parts = words.map(([kind, key, text]) => {
		const data = Buffer.from(
			`${key}\0${kind === 'iTXt' ? '\0\0\0\0' : ''}${text}`,
			kind === 'iTXt' ? 'utf8' : 'latin1',
		);
		const length = Buffer.alloc(4);
		length.writeUInt32BE(data.length);
		return Buffer.concat([length, Buffer.from(kind), data, Buffer.alloc(4)]);
	});
	// Behind the header, which is the first part.
	return Buffer.concat([png.subarray(0, 33), ...parts, png.subarray(33)]);
}

it('a picture that ComfyUI saved gives the graph that it was made by, to the last digit of its seed', async () => {
	const editor = JSON.stringify({ nodes: [{ id: 1, type: 'Note' }], links: [] });
	const png = await aPng([
		['tEXt', 'Software', 'none'],
		['tEXt', 'workflow', editor],
		['tEXt', 'prompt', prompt],
	]);
	expect(read(png)['5']?.inputs['seed']).toBe(18446744073709551615n);
	expect(Object.keys(read(png))).toEqual(Object.keys(graph));
	const chinese = prompt.replace('a storyboard frame', '雨夜');
	expect(read(await aPng([['iTXt', 'prompt', chinese]]))['2']?.inputs['text']).toBe('雨夜');
	// As Python writes what is no number, outside of words.
	const strange = prompt
		.replace('"class_type"', '"is_changed":[NaN,-Infinity],"class_type"')
		.replace('a storyboard frame', 'NaN');
	expect(read(await aPng([['tEXt', 'prompt', strange]]))['2']?.inputs['text']).toBe('NaN');
});

it('what the editor had open is read where what was sent is not there or cannot be read', async () => {
	const nodes = [{ id: 3, type: 'LoadImage', widgets_values: ['a.png', 'image'] }];
	const editor = JSON.stringify({ nodes, links: [] });
	expect(read(await aPng([['tEXt', 'workflow', editor]]))).toMatchObject({ 3: { class_type: 'LoadImage' } });
	const both = await aPng([
		['tEXt', 'prompt', '{"half'],
		['tEXt', 'workflow', editor],
	]);
	expect(read(both)).toMatchObject({ 3: { class_type: 'LoadImage' } });
});

it.each(['webp', 'jpeg'] as const)('a %s carries it among what a camera would write', async (kind) => {
	const tags = { Make: `workflow:${JSON.stringify({ nodes: [] })}`, Model: `prompt:${prompt}` };
	const bytes = await pixels.clone().withExif({ IFD0: tags }).toFormat(kind).toBuffer();
	expect(read(bytes)['5']?.inputs['seed']).toBe(18446744073709551615n);
});

it('moving pictures as a real server has written them carry it, too', () => {
	const recorded = read(new Uint8Array(aRecordedFile('webp')));
	expect(Object.values(recorded).map(({ class_type: type }) => type)).toContain('SaveAnimatedWEBP');
});

it('a picture without a graph, a damaged one and any other file are refused with a word', async () => {
	expect(codeOf(await pixels.clone().png().toBuffer())).toBe('not-a-workflow');
	expect(codeOf(await aPng([['tEXt', 'prompt', 'a red boat']]))).toBe('not-a-workflow');
	expect(codeOf(Buffer.from('GIF89a...'))).toBe('not-a-workflow');
	expect(codeOf(Buffer.from([0xc3, 0x28]))).toBe('not-a-workflow');
	const png = await aPng([['tEXt', 'prompt', prompt]]);
	const webp = await pixels
		.clone()
		.withExif({ IFD0: { Model: `prompt:${prompt}` } })
		.webp()
		.toBuffer();
	// Cut anywhere, and any byte turned: read or refused, and never anything else.
	for (const whole of [png, webp])
		for (let at = 0; at < whole.length; at += 7) {
			expect(['read', 'not-a-workflow']).toContain(codeOf(whole.subarray(0, at)));
			const turned = Uint8Array.from(whole);
			turned[at] = (turned[at] ?? 0) ^ 0xff;
			expect(['read', 'not-a-workflow']).toContain(codeOf(turned));
		}
});
