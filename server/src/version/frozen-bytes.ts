import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import { limits } from '@reelroom/shared/limits.ts';
import { Problem } from '@reelroom/shared/problem.ts';

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

/** Packs an update for storage, off the main thread; `too-large` for what the database would not take as one record. */
export async function packUpdate(update: Uint8Array): Promise<Uint8Array> {
	// Quality 5 is about as fast as gzip and a fifth smaller on scripts.
	const packed = await compress(update, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
	if (packed.length > limits.versionBytes) throw new Problem('too-large', 'This project is too large to keep versions');
	return packed;
}

/** The update as it was before it was packed. */
export const unpackUpdate = async (packed: Uint8Array): Promise<Uint8Array> => new Uint8Array(await decompress(packed));
