import { readFile } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFountain } from '@reelroom/shared/script/fountain.ts';
import { aDocx, aZip, docxParts } from '@reelroom/shared/testing/a-docx.ts';
import { readScriptFile } from './read-script-file.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const kinds = (text: string): string[] =>
	parseFountain(text).elements.map(({ type, text: words }) => `${type}: ${words}`);
const readDocx = async (...input: Parameters<typeof aDocx>): Promise<string[]> =>
	kinds((await readScriptFile(await aDocx(...input), 'x.docx')).text);
const sample = (name: string): Promise<Uint8Array> =>
	readFile(new URL(`../../../shared/defaults/samples/${name}.fountain`, import.meta.url));

describe('reading a script file', () => {
	it('tells what a file is by what it holds, whatever it is called', async () => {
		const docx = await aDocx([{ text: 'INT. A - DAY' }, { text: 'Snow.' }]);
		expect(await readScriptFile(docx, 'script.txt')).toMatchObject({ kind: 'docx' });
		const fdx = bytes(
			'<?xml version="1.0"?><FinalDraft><Content><Paragraph Type="Action"><Text>Snow.</Text></Paragraph></Content></FinalDraft>',
		);
		expect(await readScriptFile(fdx, 'a.docx')).toEqual({ text: 'Snow.\n', kind: 'fdx', encoding: 'utf-8' });
		expect(await readScriptFile(bytes('# One\n\n_Snow_ falls.\n'), 'a.md')).toEqual({
			text: '# One\n\n*Snow* falls.\n',
			kind: 'markdown',
			encoding: 'utf-8',
		});
	});
	it('keeps a Fountain file letter by letter', async () => {
		const text = 'Title: X\n\n\n\nINT. A - DAY   \n\n  Snow.  \n';
		expect((await readScriptFile(bytes(text), 'a.fountain')).text).toBe(text);
	});
	it('a PDF that mentions attachments a million times is refused without being searched a million times', async () => {
		const pdf = Buffer.from(`%PDF-1.7\n1 0 obj\n<<${'/EmbeddedFile'.repeat(450_000)}`);
		await expect(readScriptFile(pdf, 'a.pdf')).rejects.toMatchObject({ code: 'not-a-script' });
	});

	it.each(['a.doc', 'a.rtf', 'a.html', 'a.zip', 'a.pdf', 'empty'])('says why %s cannot be read', async (name) => {
		const files: Record<string, Uint8Array> = {
			'a.doc': Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1),
			'a.rtf': bytes('{\\rtf1 Hello}'),
			'a.html': bytes('<!doctype html><p>Hello'),
			'a.zip': await aZip({ 'notes.txt': 'hello' }),
			'a.pdf': bytes('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n'),
			empty: bytes(' \r\n\ufeff '),
		};
		await expect(readScriptFile(files[name] ?? new Uint8Array(), name)).rejects.toMatchObject({ code: 'not-a-script' });
	});
});

describe('reading a Word document', () => {
	it('follows the styles of a screenplay template, its emphasis, comments and title', async () => {
		expect(
			await readDocx(
				[
					{ text: 'The Fox', style: 'Title' },
					{ text: 'written by Aesop', style: 'Subtitle' },
					{ text: 'INT. BARN - NIGHT', style: 'Scene Heading' },
					{
						text: '',
						style: 'Action',
						raw: '<w:r><w:t xml:space="preserve">A </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>fox</w:t></w:r><w:del><w:r><w:delText>crow</w:delText></w:r></w:del><w:ins><w:r><w:t> sits</w:t></w:r></w:ins><w:r><w:commentReference w:id="0"/></w:r><w:r><w:t>.</w:t></w:r>',
					},
					{ text: 'FOX (V.O.)', style: 'Character' },
					{ text: '(softly)', style: 'Parenthetical' },
					{ text: 'Sing for me.', style: 'Dialogue' },
					{ text: 'CUT TO:', style: 'Transition' },
				],
				['Which fox?'],
			),
		).toEqual([
			'title-page: Title: The Fox\nCredit: written by\nAuthor: Aesop',
			'scene-heading: INT. BARN - NIGHT',
			'action: A fox sits.',
			'character: FOX',
			'parenthetical: softly',
			'dialogue: Sing for me.',
			'transition: CUT TO:',
		]);
		const { text } = await readScriptFile(
			await aDocx([{ text: 'Snow.', bold: true }, { text: 'Rain.' }]),
			'prose.docx',
		);
		expect(text).toBe('**Snow.**\n\nRain.\n');
	});
	it('follows indents and centred names where there are no styles', async () => {
		const page = [
			'scene-heading: INT. BARN - NIGHT',
			'action: Hay.',
			'character: FOX',
			'parenthetical: softly',
			'dialogue: Sing for me. Please.',
			'action: The crow sings.',
		];
		expect(
			await readDocx([
				{ text: 'INT. BARN - NIGHT' },
				{ text: 'Hay.' },
				{ text: 'FOX', indent: 2.2 },
				{ text: '(softly)', indent: 1.6 },
				{ text: 'Sing for me.', indent: 1 },
				{ text: 'Please.', indent: 1 },
				{ text: 'The crow sings.' },
			]),
		).toEqual(page);
		expect(
			(
				await readDocx([
					{ text: 'INT. BARN - NIGHT' },
					{ text: 'Hay.' },
					{ text: '' },
					{ text: 'FOX', align: 'center' },
					{ text: '(softly)', align: 'center' },
					{ text: 'Sing for me.', align: 'center' },
					{ text: 'Please.', align: 'center' },
					{ text: '' },
					{ text: 'The crow sings.' },
				])
			).slice(0, 6),
		).toEqual(page);
	});
	it('reads Chinese practice, and keeps prose prose with its headings', async () => {
		expect(
			await readDocx([
				{ text: '第3场 村口 日 外' },
				{ text: '愚公（自语）：走吧。' },
				{ text: '智叟：不去。' },
				{ text: '△ 两人对视。' },
			]),
		).toEqual([
			'scene-heading: 第3场 村口 日 外',
			'character: 愚公',
			'dialogue: 走吧。',
			'character: 智叟',
			'dialogue: 不去。',
			'action: 两人对视。',
		]);
		expect(
			await readDocx([{ text: 'Chapter one', style: 'heading 1' }, { text: 'It was night.' }, { text: 'ANNA slept.' }]),
		).toEqual(['section: Chapter one', 'action: It was night.', 'action: ANNA slept.']);
	});
});

describe('a hostile file', () => {
	const refused = { code: 'not-a-script' };
	it('is refused when it unpacks to far more than it is', async () => {
		const bomb = await aZip({ ...docxParts([{ text: 'x' }]), 'word/document.xml': Buffer.alloc(30 * 2 ** 20, 32) });
		const before = performance.now();
		await expect(readScriptFile(bomb, 'a.docx')).rejects.toMatchObject(refused);
		expect(performance.now() - before).toBeLessThan(2000);
		// A directory that lies about the size does not help it.
		const packed = deflateRawSync(Buffer.alloc(4 * 2 ** 20, 32));
		const liar = Buffer.from(await aZip({ 'word/document.xml': Buffer.alloc(4 * 2 ** 20, 32) }));
		const directory = liar.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
		liar.writeUInt32LE(10, directory + 24);
		expect(packed.length).toBeGreaterThan(0);
		await expect(readScriptFile(liar, 'a.docx')).rejects.toMatchObject(refused);
	});
	it('is refused when it holds links, names outside of itself, or too many entries', async () => {
		const parts = docxParts([{ text: 'Hello' }]);
		await expect(readScriptFile(await aZip(parts, { mode: 0o120777 }), 'a.docx')).rejects.toMatchObject(refused);
		const dotted = Buffer.from(
			await aZip({ ...parts, 'ab/../../etc/x': 'x' }).catch(() => aZip({ ...parts, ab_xx_xx_etc_x: 'x' })),
		);
		const name = Buffer.from('ab_xx_xx_etc_x');
		for (let at = dotted.indexOf(name); at >= 0; at = dotted.indexOf(name, at + 1)) dotted.write('ab/../../etc/x', at);
		await expect(readScriptFile(dotted, 'a.docx')).rejects.toMatchObject(refused);
		const many = await aZip(Object.fromEntries([...Array(5001).keys()].map((n) => [`f${n}`, ''])));
		await expect(readScriptFile(many, 'a.docx')).rejects.toMatchObject(refused);
	}, 30_000);
	it('answers a hundred mutilated Word documents and scripts with a script or a problem', async () => {
		const docx = await aDocx([{ text: 'INT. A - DAY' }, { text: 'Snow.' }, { text: 'FOX', indent: 2.2 }]);
		const xml = docxParts([{ text: 'INT. A - DAY' }, { text: 'Snow.', style: 'Action' }])['word/document.xml'] ?? '';
		const originals = [docx, await sample('yugong-yishan')];
		const cut = fc.tuple(fc.nat(2), fc.nat(), fc.nat(60), fc.uint8Array({ maxLength: 8 }));
		let problems = 0;
		await fc.assert(
			fc.asyncProperty(cut, async ([pick, place, length, put]) => {
				const source = originals[pick];
				let file: Uint8Array;
				if (source === undefined) {
					const at = place % xml.length;
					const mutilated = xml.slice(0, at) + Buffer.from(put).toString('latin1') + xml.slice(at + length);
					file = await aZip({ 'word/document.xml': mutilated });
				} else {
					const at = place % source.length;
					file = Buffer.concat([source.subarray(0, at), put, source.subarray(at + length)]);
				}
				try {
					expect((await readScriptFile(file, 'a.docx')).text.length).toBeGreaterThan(0);
				} catch (error) {
					problems += 1;
					expect(error).toMatchObject(refused);
				}
			}),
			{ numRuns: 300, seed: 4 },
		);
		expect(problems).toBeGreaterThan(100);
	});
});
