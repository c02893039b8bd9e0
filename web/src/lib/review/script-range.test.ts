import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { anchorAt, scriptOf } from '@reelroom/shared/project/document.ts';
import { rangeOf, targetOf } from './script-range.ts';

function aScript(text: string) {
	const doc = new Y.Doc();
	const script = scriptOf(doc);
	script.insert(0, text);
	const at = text.indexOf('dark');
	const target = targetOf({ start: anchorAt(doc, at, 0), end: anchorAt(doc, at + 4, -1), text: 'dark' });
	if (target === null) throw new Error('nothing is there');
	const now = () => {
		const range = rangeOf(doc, target);
		return range === null ? null : script.toString().slice(range.start, range.end);
	};
	return { doc, script, target, now };
}

it('a note stays on its words while others write around and within them', () => {
	const { script, target, now } = aScript('The window is dark.');
	expect(target.quote).toBe('dark');
	script.insert(0, 'INT. TRAIN\n\n');
	script.insert(script.toString().indexOf('dark'), 'very ');
	script.insert(script.toString().indexOf('.', 12) + 0, ' now');
	expect(now()).toBe('dark');
	script.insert(script.toString().indexOf('rk'), '--');
	expect(now()).toBe('da--rk');
});

it('a note whose words are all deleted says that they are gone', () => {
	const { script, now } = aScript('The window is dark.');
	script.delete(script.toString().indexOf('dark'), 4);
	expect(now()).toBeNull();
});

it('anchors that are none stand nowhere', () => {
	const { doc, target } = aScript('It is dark.');
	expect(rangeOf(doc, { ...target, start: '%%%' })).toBeNull();
	expect(rangeOf(doc, { ...target, start: 'AAAAAAAAAAAA' })).toBeNull();
	expect(targetOf({ start: anchorAt(doc, 2), end: anchorAt(doc, 3), text: ' ' })).toBeNull();
});
