export const projects = {
	title: 'Projects', new: 'New project', name: 'Name', script: 'Script', scriptHint: 'Paste it here, or drop a .fountain or .txt file. You can also write it later.', chooseFile: 'Choose a file', dropHere: 'Drop the script here',
	create: 'Make the project', creating: 'Making the project', emptyTitle: 'No projects yet', emptyText: 'A project is one film: its script, its board and the finished cut.', failedTitle: 'The projects could not be loaded', changed: 'Changed {ago}', sample: 'Sample', noCover: 'No pictures yet',
	actions: 'Actions for {name}', delete: 'Delete project', deleteTitle: 'Delete “{name}” for ever?', deleteText: 'Script, board, pictures and films are lost. Type the name to confirm.', deleted: '“{name}” was deleted', open: 'Open', imported: 'Script imported: one scene|Script imported: {n} scenes', importFailed: 'The project is made, but the script was not read: {why}', removeFile: 'Remove file', search: 'Find a project', nothingFound: 'No project has that name.',
	stylePencil: 'Pencil', styleInk: 'Ink wash', styleAnime: 'Anime', style3d: '3D', styleNoir: 'Noir', styleWatercolour: 'Watercolour', stylePapercut: 'Papercut',
};
