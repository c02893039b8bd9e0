import { expect, it } from 'vitest';
import { mediaKind, takeKind } from './media-kind.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

it.each([
	['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'png', 'image'],
	['\xff\xd8\xff\xe0\0\x10JFIF', 'jpeg', 'image'],
	['RIFF\x10\0\0\0WEBPVP8 ', 'webp', 'image'],
	['GIF89a\x40\0\x30\0', 'gif', 'video'],
	['\0\0\0\x18ftypisom\0\0\x02\0', 'mp4', 'video'],
	['\0\0\0\x14ftypqt  \0\0\x02\0', 'mp4', 'video'],
	['\0\0\0\x18ftypmp42\0\0\0\0', 'mp4', 'video'],
	['\x1a\x45\xdf\xa3\x9f\x42\x86\x81', 'webm', 'video'],
	// A photograph of a telephone, a still of the same family, and sound alone.
	['\0\0\0\x18ftypheic\0\0\0\0', 'mp4', null],
	['\0\0\0\x18ftypavif\0\0\0\0', 'mp4', null],
	['\0\0\0\x18ftypM4A \0\0\0\0', 'mp4', null],
	['ID3\x04\0', 'mp3', null],
	['#EXTM3U\n#EXTINF:1,', null, null],
	['ffconcat version 1.0', null, null],
	['<svg xmlns="http:', null, null],
	['%PDF-1.7', null, null],
	['', null, null],
])('%j is known by its first bytes alone', (text, kind, take) => {
	expect([mediaKind(bytes(text)), takeKind(bytes(text))]).toEqual([kind, take]);
});
