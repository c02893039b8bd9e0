import type { Attachment } from 'svelte/attachments';

type DropFiles = { isEnabled: () => boolean; onfiles: (files: File[]) => void };

/** Takes the files that are dropped on an element, which is marked by `data-dropping` while they are held over it. */
export const dropFiles =
	({ isEnabled, onfiles }: DropFiles): Attachment<HTMLElement> =>
	(node) => {
		const listening = new AbortController();
		const holdsFiles = (event: DragEvent): boolean =>
			isEnabled() && event.dataTransfer?.types.includes('Files') === true;
		const mark = (isOver: boolean): void => void node.toggleAttribute('data-dropping', isOver);
		const over = (event: DragEvent): void => {
			if (!holdsFiles(event)) return;
			event.preventDefault();
			event.stopPropagation();
			mark(true);
		};
		const left = (event: DragEvent): void => {
			// What it goes to next may lie inside.
			if (!(event.relatedTarget instanceof Node && node.contains(event.relatedTarget))) mark(false);
		};
		const dropped = (event: DragEvent): void => {
			mark(false);
			if (!holdsFiles(event)) return;
			event.preventDefault();
			event.stopPropagation();
			const files = [...(event.dataTransfer?.files ?? [])];
			if (files.length > 0) onfiles(files);
		};
		const { signal } = listening;
		node.addEventListener('dragover', over, { signal });
		node.addEventListener('dragleave', left, { signal });
		node.addEventListener('drop', dropped, { signal });
		return () => listening.abort();
	};
