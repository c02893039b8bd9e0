import { scriptApi } from '@reelroom/shared/script/api.ts';
import { fileUrl } from '#lib/call.ts';
import { t } from '#lib/i18n/words.svelte.ts';
import type { Action } from '#lib/keys/keyboard.svelte.ts';

function save(url: string): void {
	const link = document.createElement('a');
	link.href = url;
	link.download = '';
	link.click();
}

/** The kinds of file that the script of a project is exported as; choosing one downloads it. */
export function exportKinds(projectId: string): { id: string; label: string; onselect: () => void }[] {
	const params = { id: projectId };
	const pdf = fileUrl(scriptApi.exportPdf, params);
	return [
		{ id: 'fountain', label: t('script.asFountain'), onselect: () => save(fileUrl(scriptApi.export, params)) },
		{ id: 'fdx', label: t('script.asFdx'), onselect: () => save(fileUrl(scriptApi.exportFdx, params)) },
		{ id: 'pdf-a4', label: t('script.asPdfA4'), onselect: () => save(`${pdf}?paper=a4`) },
		{ id: 'pdf-letter', label: t('script.asPdfLetter'), onselect: () => save(`${pdf}?paper=letter`) },
	];
}

/** What can be done with files in the script room. */
export const fileActions = (projectId: string, canEdit: boolean, choose: () => void): Action[] => [
	{ id: 'import-script', label: t('studio.importScript'), group: 'group_board', ready: canEdit, run: choose },
	...exportKinds(projectId).map(({ id, label, onselect }): Action => ({
		id: `export-${id}`,
		label: t('script.exportTo', { kind: label }),
		group: 'group_board',
		ready: true,
		run: onselect,
	})),
];
