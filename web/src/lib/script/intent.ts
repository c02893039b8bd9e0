import { StateEffect, StateField } from '@codemirror/state';

/** Kinds that an empty line can be before anything is written on it. */
export type IntentKind = 'character' | 'transition' | 'action';
export type Intent = { at: number; kind: IntentKind } | null;

/** Says what the line at a place is going to be. */
export const setIntent = StateEffect.define<Intent>({
	map: (intent, changes) => (intent === null ? null : { ...intent, at: changes.mapPos(intent.at) }),
});

/** What the line with the caret is going to be; forgotten when the caret leaves it. */
export const intentField = StateField.define<Intent>({
	create: () => null,
	update(intent, transaction) {
		let next = intent === null ? null : { ...intent, at: transaction.changes.mapPos(intent.at, -1) };
		for (const effect of transaction.effects) if (effect.is(setIntent)) next = effect.value;
		if (next === null) return null;
		const { doc, selection } = transaction.state;
		return doc.lineAt(selection.main.head).from === doc.lineAt(Math.min(next.at, doc.length)).from ? next : null;
	},
});
