import { setSearchQuery } from '@codemirror/search';
import type { EditorView, Panel } from '@codemirror/view';
import { mount, unmount } from 'svelte';
import FindPanel from './FindPanel.svelte';

/** The panel of find and replace, in our look. */
export function findPanel(view: EditorView): Panel {
	const dom = document.createElement('div');
	const props = $state({ view, version: 0 });
	const panel = mount(FindPanel, { target: dom, props });
	return {
		dom,
		top: true,
		mount: () => dom.querySelector<HTMLInputElement>('input')?.select(),
		update: ({ docChanged, selectionSet, transactions }) => {
			const asked = transactions.some(({ effects }) => effects.some((effect) => effect.is(setSearchQuery)));
			if (docChanged || selectionSet || asked) props.version++;
		},
		destroy: () => void unmount(panel),
	};
}
