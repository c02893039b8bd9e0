/** What a file is by its first 16 bytes; null for what is none of these. `mp4` is every file of that family, QuickTime's and HEIF's too. */
export function mediaKind(bytes: Uint8Array): 'png' | 'jpeg' | 'webp' | 'gif' | 'mp4' | 'webm' | 'flac' | 'mp3' | null {
	const text = String.fromCharCode(...bytes.subarray(0, 16));
	if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
	if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
	if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
	if (/^GIF8[79]a/.test(text)) return 'gif';
	if (text.slice(4, 8) === 'ftyp') return 'mp4';
	if (text.startsWith('\x1a\x45\xdf\xa3')) return 'webm';
	if (text.startsWith('fLaC')) return 'flac';
	if (text.startsWith('ID3') || /^\xff[\xe2-\xfb]/.test(text)) return 'mp3';
	return null;
}

/** Brands of stills and of sound in the form of an MP4. */
const noClip = /^(heic|heix|heim|heis|hevc|hevx|mif1|msf1|avif|avis|jpeg|M4A |M4B )$/;

/** What a file of somebody's own may become a take as, by its first 16 bytes: a picture (PNG, JPEG, WebP), a clip (MP4, QuickTime, WebM, GIF), or neither. */
export function takeKind(bytes: Uint8Array): 'image' | 'video' | null {
	const kind = mediaKind(bytes);
	if (kind === 'png' || kind === 'jpeg' || kind === 'webp') return 'image';
	if (kind === 'mp4') return noClip.test(String.fromCharCode(...bytes.subarray(8, 12))) ? null : 'video';
	return kind === 'webm' || kind === 'gif' ? 'video' : null;
}
