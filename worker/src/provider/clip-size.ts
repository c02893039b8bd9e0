/** The boxes of an MP4 within a part of it. */
function* boxes(bytes: Buffer, from: number, to: number): Generator<{ type: string; from: number; to: number }> {
	for (let at = from; at + 8 <= to;) {
		const small = bytes.readUInt32BE(at);
		const isLarge = small === 1;
		if (isLarge && at + 16 > to) return;
		const size = isLarge ? Number(bytes.readBigUInt64BE(at + 8)) : small === 0 ? to - at : small;
		const head = isLarge ? 16 : 8;
		if (size < head || at + size > to) return;
		yield { type: bytes.toString('latin1', at + 4, at + 8), from: at + head, to: at + size };
		at += size;
	}
}

/** Width and height of an MP4's pictures; null for what has none that can be found. */
export function clipSize(clip: Uint8Array): { widthPx: number; heightPx: number } | null {
	const bytes = Buffer.from(clip.buffer, clip.byteOffset, clip.byteLength);
	for (const movie of boxes(bytes, 0, bytes.length)) {
		if (movie.type !== 'moov') continue;
		for (const track of boxes(bytes, movie.from, movie.to)) {
			if (track.type !== 'trak') continue;
			for (const { type, from, to } of boxes(bytes, track.from, track.to)) {
				if (type !== 'tkhd' || to - from < 84) continue;
				// Whole parts of two fixed-point numbers at the end; a track of sound has none.
				const [widthPx, heightPx] = [bytes.readUInt16BE(to - 8), bytes.readUInt16BE(to - 4)];
				if (widthPx > 0 && heightPx > 0) return { widthPx, heightPx };
			}
		}
	}
	return null;
}
