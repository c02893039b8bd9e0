import { createHash } from 'node:crypto';
import { parseExactJson } from '@reelroom/shared/provider/exact-json.ts';
import { parseObjectInfo, type ObjectInfo } from '@reelroom/shared/provider/object-info.ts';

export type ClassLists = ReturnType<typeof createClassLists>;

/** Reads what servers tell of their node classes, megabytes each: servers that tell the same share one list, and one that tells what it told before is not read again. */
export function createClassLists() {
	const lists = new Map<string, WeakRef<ObjectInfo>>();
	return {
		/** Throws when it is not understood. */
		read(text: string): ObjectInfo {
			const digest = createHash('sha256').update(text).digest('base64');
			const known = lists.get(digest)?.deref();
			if (known !== undefined) return known;
			const read = parseObjectInfo(parseExactJson(text));
			for (const [key, list] of lists) if (list.deref() === undefined) lists.delete(key);
			lists.set(digest, new WeakRef(read));
			return read;
		},
	};
}
