import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { Problem } from '@reelroom/shared/problem.ts';

/** A ZIP file whose directory was checked; entries are unpacked one by one. */
export type Zip = {
	names: string[];
	/** The bytes of an entry; null when there is none of that name. */
	read(name: string): Promise<Buffer | null>;
	close(): void;
};

const most = { entries: 5000, ratio: 100, slackBytes: 64 * 1024 };
const refuse = (why: string, cause?: unknown): Problem =>
	new Problem('not-a-script', `The file cannot be unpacked: ${why}.`, cause === undefined ? {} : { cause });

/** Symbolic links and devices carry their kind in the upper half of the attributes. */
const isOrdinary = (entry: Entry): boolean => {
	const kind = (entry.externalFileAttributes >>> 16) & 0o170000;
	return kind === 0 || kind === 0o100000 || kind === 0o040000;
};

function open(bytes: Uint8Array): Promise<ZipFile> {
	return new Promise((resolve, reject) =>
		fromBuffer(
			Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
			{ lazyEntries: true, strictFileNames: true, validateEntrySizes: true },
			(error, zip) => (error ? reject(refuse('it is damaged', error)) : resolve(zip)),
		),
	);
}

function list(zip: ZipFile): Promise<Map<string, Entry>> {
	const entries = new Map<string, Entry>();
	return new Promise((resolve, reject) => {
		zip.on('entry', (entry: Entry) => {
			if (!isOrdinary(entry)) return reject(refuse('it holds a link'));
			if (entry.isEncrypted()) return reject(refuse('it is locked with a password'));
			entries.set(entry.fileName, entry);
			zip.readEntry();
		});
		zip.on('end', () => resolve(entries));
		// Names with `..`, drive letters or a slash in front come here too.
		zip.on('error', (error) => reject(refuse('it is damaged or names files outside of itself', error)));
		zip.readEntry();
	});
}

async function unpack(zip: ZipFile, entry: Entry, count: (bytes: number) => void): Promise<Buffer> {
	const stream = await new Promise<NodeJS.ReadableStream & { destroy(): void }>((resolve, reject) =>
		zip.openReadStream(entry, (error, opened) =>
			error ? reject(refuse('an entry is damaged', error)) : resolve(opened),
		),
	);
	const chunks: Buffer[] = [];
	let size = 0;
	try {
		for await (const chunk of stream as AsyncIterable<Buffer>) {
			size += chunk.length;
			count(chunk.length);
			if (size > entry.compressedSize * most.ratio + most.slackBytes)
				throw refuse('it unpacks to far more than it should');
			chunks.push(chunk);
		}
	} catch (error) {
		throw error instanceof Problem ? error : refuse('an entry is damaged', error);
	} finally {
		stream.destroy();
	}
	return Buffer.concat(chunks);
}

/** Opens a ZIP file from outside: what is in it is counted while it is unpacked, whatever it says of itself. */
export async function openZip(bytes: Uint8Array, limitBytes: number): Promise<Zip> {
	const zip = await open(bytes);
	if (zip.entryCount > most.entries) throw refuse('it has too many entries');
	const entries = await list(zip);
	let total = 0;
	const count = (size: number): void => {
		if ((total += size) > limitBytes) throw refuse('it unpacks to far more than it should');
	};
	return {
		names: [...entries.keys()],
		async read(name) {
			const entry = entries.get(name);
			return entry === undefined ? null : unpack(zip, entry, count);
		},
		close: () => zip.close(),
	};
}
