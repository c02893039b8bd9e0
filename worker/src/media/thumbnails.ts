import type { Files } from '@reelroom/shared/node/files.ts';
import type { TakeStore } from '@reelroom/shared/node/stores/take-store.ts';

export type ThumbnailsDeps = {
	takes: Pick<TakeStore, 'thumbnailOf'>;
	files: Pick<Files, 'put' | 'keep'>;
	makeThumbnail: (picture: Uint8Array) => Promise<Uint8Array>;
};

/** Makes the function that answers the small picture of stored bytes: it is made once for the same bytes, and found again by their digest. */
export function createThumbnails({ takes, files, makeThumbnail }: ThumbnailsDeps) {
	const making = new Map<string, Promise<string>>();
	const make = async (sha256: string, picture: () => Promise<Uint8Array>): Promise<string> => {
		const known = await takes.thumbnailOf(sha256);
		if (known !== null && (await files.keep(known))) return known;
		return (await files.put(await makeThumbnail(await picture()))).sha256;
	};
	return (sha256: string, picture: () => Promise<Uint8Array>): Promise<string> => {
		const begun = making.get(sha256) ?? make(sha256, picture).finally(() => making.delete(sha256));
		making.set(sha256, begun);
		return begun;
	};
}
