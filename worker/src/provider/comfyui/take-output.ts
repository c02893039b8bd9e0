import sharp from 'sharp';
import { limits } from '@reelroom/shared/limits.ts';
import { mediaKind } from '@reelroom/shared/media/media-kind.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { ProviderMedia, TakeClip } from '../provider.ts';
import type { ComfyClient, ComfyEntry } from './client.ts';
import { filesOf } from './messages.ts';

/** Decodes a picture of a server within limits. */
export const decode = (bytes: Uint8Array) => sharp(bytes, { limitInputPixels: 50_000_000, failOn: 'error' });

/** The picture as it is stored: decoded within limits and written anew, so that nothing else of the file is kept. */
async function takePicture(bytes: Uint8Array): Promise<ProviderMedia> {
	const { data, info } = await decode(bytes)
		.rotate()
		.resize(limits.webpSidePx, limits.webpSidePx, { fit: 'inside', withoutEnlargement: true })
		.webp({ quality: 95 })
		.toBuffer({ resolveWithObject: true });
	return { bytes: new Uint8Array(data), mediaType: 'image/webp', widthPx: info.width, heightPx: info.height };
}
const endings = { image: /\.(png|jpe?g|webp)$/i, video: /\.(mp4|webm|webp|gif)$/i } as const;
/** A still among moving pictures is a preview or a poster, not the clip. */
const isMoving = async (bytes: Uint8Array): Promise<boolean> =>
	((
		await decode(bytes)
			.metadata()
			.catch(() => null)
	)?.pages ?? 1) > 1;

/** Takes what a prompt has made: its first picture or its first clip, whichever was asked for. */
export async function takeOutput(
	client: ComfyClient,
	entry: ComfyEntry,
	whole: Uint8Array | null,
	{ wanted, takeClip, signal }: { wanted: 'image' | 'video'; takeClip: TakeClip; signal: AbortSignal },
): Promise<ProviderMedia> {
	if (entry.end === 'interrupted') throw new Problem('provider-failed', 'Somebody interrupted it on the ComfyUI');
	if (entry.end === 'error') throw new Problem('provider-failed', entry.error === '' ? undefined : entry.error);
	for (const file of filesOf(entry.outputs)) {
		if (!endings[wanted].test(file.filename)) continue;
		const bytes = await client.view(file, { maxBytes: limits.providerFileBytes, signal });
		const kind = mediaKind(bytes);
		if (wanted === 'image' && (kind === 'png' || kind === 'jpeg' || kind === 'webp')) return takePicture(bytes);
		if (
			wanted === 'video' &&
			(kind === 'mp4' || kind === 'webm' || ((kind === 'webp' || kind === 'gif') && (await isMoving(bytes))))
		)
			return takeClip(bytes, { signal });
	}
	if (wanted === 'image' && whole !== null && mediaKind(whole) !== null) return takePicture(whole);
	throw new Problem('provider-failed', `The workflow ended without a ${wanted === 'image' ? 'picture' : 'clip'}`);
}
