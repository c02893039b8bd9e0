import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';

const fontFile = createRequire(import.meta.url).resolve(
	'@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
);
/** Folder and family of the font that cards and subtitles are set in; it has Latin and Chinese. */
export const filmFont = { folder: dirname(fontFile), family: 'Noto Sans SC' } as const;
const cardFamily = 'Reelroom Card';

/** Lines of a card, the first larger than the rest. */
export type Card = { title: string; lines: string[] };

/** Draws a card, light words on the screening room's dark, as PNG bytes. */
export function drawCard(card: Card, widthPx: number, heightPx: number): Uint8Array {
	if (!GlobalFonts.has(cardFamily)) GlobalFonts.registerFromPath(fontFile, cardFamily);
	const canvas = createCanvas(widthPx, heightPx);
	const pen = canvas.getContext('2d');
	pen.fillStyle = '#0b0b0d';
	pen.fillRect(0, 0, widthPx, heightPx);
	pen.textAlign = 'center';
	pen.textBaseline = 'middle';
	const unit = Math.min(widthPx, heightPx);
	const rows: { text: string; size: number; colour: string }[] = [];
	const add = (text: string, size: number, colour: string) => {
		pen.font = `${size}px "${cardFamily}"`;
		for (const row of wrap(text, widthPx * 0.84, (piece) => pen.measureText(piece).width))
			rows.push({ text: row, size, colour });
	};
	add(card.title, Math.round(unit * 0.075), '#f2f0ec');
	for (const line of card.lines) add(line, Math.round(unit * 0.04), '#a9a7a3');
	const height = rows.reduce((sum, row) => sum + row.size * 1.5, 0);
	let y = heightPx / 2 - height / 2;
	for (const row of rows) {
		pen.font = `${row.size}px "${cardFamily}"`;
		pen.fillStyle = row.colour;
		pen.fillText(row.text, widthPx / 2, y + row.size * 0.75);
		y += row.size * 1.5;
	}
	return canvas.toBuffer('image/png');
}

/** Breaks text into rows no wider than `limit`: between words, and between any two Chinese characters; at most six rows. */
function wrap(text: string, limit: number, widthOf: (piece: string) => number): string[] {
	const rows: string[] = [];
	let row = '';
	for (const piece of text.match(/[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+|\s+/g) ?? []) {
		if (row !== '' && widthOf(row + piece) > limit) {
			rows.push(row.trim());
			row = '';
		}
		row += piece;
	}
	if (row.trim() !== '') rows.push(row.trim());
	return rows.slice(0, 6);
}
