import type { JsonObject } from './recordings.ts';
import type { StoredFiles } from './uploads.ts';
import type { Graph } from './validate.ts';

/** Names the files that nodes save: a counter for each prefix, and letters of its own for each node that shows temporary ones. */
export function createSaver(files: StoredFiles, filesBefore: (prefix: string) => number = () => 0) {
	const letters = new Map<string, string>();
	let given = 0;
	const lettersOf = (node: string): string => {
		const inLetters = (digit: string) => String.fromCharCode(97 + Number.parseInt(digit, 26));
		const known = letters.get(node) ?? (given++).toString(26).replace(/./g, inLetters).padStart(5, 'a');
		letters.set(node, known);
		return known;
	};
	return {
		/** Saves a file and answers its item; of a temporary one the prefix is `node/class`. */
		save(prefix: string, ending: string, temp: boolean, bytes: Buffer): JsonObject {
			const parts = (temp ? `ComfyUI_temp_${lettersOf(prefix)}` : prefix).split('/');
			const name = parts.pop() ?? '';
			const [subfolder, type] = [parts.join('/'), temp ? 'temp' : 'output'];
			const folder = `${type}/${subfolder === '' ? '' : `${subfolder}/`}`;
			const taken = [...files.keys()].flatMap((path) => {
				const found = path.startsWith(`${folder}${name}_`) ? /_(\d{5})_\.\w+$/.exec(path) : null;
				return found === null ? [] : [Number(found[1])];
			});
			const counter = Math.max(filesBefore(prefix), ...taken) + 1;
			const filename = `${name}_${String(counter).padStart(5, '0')}_.${ending}`;
			files.set(`${folder}${filename}`, bytes);
			return { filename, subfolder, type };
		},
		/** Of nodes that this graph has not, nothing is kept. */
		keepOnly(graph: Graph): void {
			for (const node of letters.keys()) {
				const [id = '', type] = node.split('/');
				if (graph[id]?.class_type !== type && !id.includes('.')) letters.delete(node);
			}
		},
		forget: (): void => letters.clear(),
	};
}
