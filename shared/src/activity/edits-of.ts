import * as Y from 'yjs';
import { boardTypesOf, scriptOf } from '../project/document.ts';

/** What a transaction changed, in our words. */
export type EditsOf = {
	/** Where in the script it wrote or took away, as a place that moves with the text; null when it left the script alone. */
	place: Y.RelativePosition | null;
	/** Shots of which the take in use was chosen. */
	chosen: string[];
	/** Shots that were added or of which something else was changed. */
	edited: string[];
};

/** Reads what a transaction did to script and board; the place, which costs the most, only with a way to tell whose letters count. */
export function editsOf(
	doc: Y.Doc,
	transaction: Y.Transaction,
	isOwn: ((clientId: number) => boolean) | null,
): EditsOf {
	const shots = boardTypesOf(doc)[1];
	const chosen: string[] = [];
	const edited: string[] = [];
	for (const [type, keys] of transaction.changed) {
		if ((type as unknown) === shots) edited.push(...[...keys].filter((key) => key !== null));
		else if (type instanceof Y.Map && type.parent === shots) {
			const id: unknown = type.get('id');
			if (typeof id !== 'string') continue;
			(keys.has('selectedTakeId') ? chosen : edited).push(id);
		}
	}
	const wrote = isOwn !== null && transaction.changed.has(scriptOf(doc) as never);
	return { place: wrote ? placeOf(doc, transaction, isOwn) : null, chosen, edited };
}

/** The first letter of the script that a transaction wrote, else the first it took away. */
function placeOf(
	doc: Y.Doc,
	transaction: Y.Transaction,
	isOwn: (clientId: number) => boolean,
): Y.RelativePosition | null {
	const script = scriptOf(doc);
	const inScript = (item: Y.Item | Y.GC): boolean => item instanceof Y.Item && (item.parent as unknown) === script;
	const at = ({ id }: { id: Y.ID }) => new Y.RelativePosition(null, null, id);
	for (const [client, clock] of transaction.afterState) {
		const before = transaction.beforeState.get(client) ?? 0;
		if (clock === before || !isOwn(client)) continue;
		const structs = doc.store.clients.get(client) ?? [];
		for (let index = Y.findIndexSS(structs, before); index < structs.length; index++) {
			const struct = structs[index];
			if (struct !== undefined && inScript(struct)) return at(struct);
		}
	}
	for (const [client, ranges] of transaction.deleteSet.clients) {
		const structs = doc.store.clients.get(client);
		const [first] = ranges;
		if (structs !== undefined && first !== undefined) return at({ id: Y.createID(client, first.clock) });
	}
	return null;
}
