// Who may import whom, as a table that the linter asks of every import. Paths are those of the repository, with slashes.
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';

/** Folders of `server/src` and `worker/src` that belong to no room. */
const technical = { server: ['http', 'live'], worker: ['provider'] };
/** The same of `web/src/lib`; so are the files that lie in it. */
const webTechnical = ['ui', 'i18n', 'keys', 'offline', 'outbox'];
/** What other rooms of the web may use of a room. `studio` wires the rooms of an open project: it knows them all, and they know this of it. */
const webShared = {
	studio: ['studio-state.svelte.ts', 'actions.ts', 'Panel.svelte'],
	presence: ['presence.ts', 'Avatar.svelte'],
	// Notes lie upon the pictures, films and pages of the other rooms, which give them their place.
	review: [
		'AnimaticNotes.svelte',
		'FilmNotes.svelte',
		'PicturePins.svelte',
		'ReviewIcon.svelte',
		'ReviewMenu.svelte',
		'ScriptNotePanel.svelte',
		'ScriptNotes.svelte',
		'ShotNotes.svelte',
		'TimeMarks.svelte',
		'animatic-place.ts',
		'pins.ts',
		'script-range.ts',
	],
	script: ['screenplay.ts'],
	bible: ['ShotCast.svelte', 'ShotRecipe.svelte', 'complete-names.ts'],
	style: ['StylePicker.svelte', 'style-title.ts'],
	provider: ['ModelField.svelte', 'TextHelp.svelte', 'WorkflowSettings.svelte'],
	version: ['HistoryButton.svelte'],
	take: ['StaleNotice.svelte', 'TakeStrip.svelte', 'upload-takes.ts'],
	task: ['progress.ts'],
};
/** A third-party API is spoken in one file of ours. */
const spokenIn = {
	agenda: 'shared/node/queue.ts',
	'@agendajs/mongo-backend': 'shared/node/queue.ts',
	'fluent-ffmpeg': 'worker/src/cut/ffmpeg.ts',
	undici: 'shared/node/outgoing.ts',
	'ipaddr.js': 'shared/node/outgoing.ts',
};
/** Floors that each floor may import; what is not a floor (e2e, bench, scripts) may import all and is imported by none. */
const floors = {
	'shared/src': ['shared/src', 'shared/defaults'],
	'shared/node': ['shared/src', 'shared/node', 'shared/defaults'],
	'shared/testing': ['shared/src', 'shared/node', 'shared/testing', 'shared/defaults'],
	server: ['shared/src', 'shared/node', 'shared/defaults', 'server'],
	worker: ['shared/src', 'shared/node', 'shared/defaults', 'worker'],
	cli: ['shared/src', 'shared/node', 'shared/defaults', 'server', 'worker', 'cli'],
	web: ['shared/src', 'shared/defaults', 'web'],
};

const floorOf = (path) => (path.startsWith('shared/') ? path.split('/', 2).join('/') : path.split('/', 1)[0]);
const isTest = (path) =>
	/\.(test|contract|testing|e2e|bench)\.ts$|\/testing(-[\w-]+)?\.ts$|^shared\/testing\//.test(path);
const isTestHelp = (path) => /\.testing\.ts$|\/testing(-[\w-]+)?\.ts$|^shared\/testing\//.test(path);

/** Where an import leads: `{ file }` of ours, or `{ library }`. */
export function addressOf(specifier, from) {
	const own = /^@reelroom\/(\w+)\/(.+)$/.exec(specifier);
	if (own?.[1] === 'shared') {
		const inSource = !/^(node|defaults|testing)\//.test(own[2]);
		return { file: `shared/${inSource ? 'src/' : ''}${own[2]}` };
	}
	if (own !== null) return { file: `${own[1]}/src/${own[2]}` };
	if (specifier.startsWith('#lib/')) return { file: `web/src/lib/${specifier.slice(5)}` };
	if (specifier.startsWith('.')) return { file: posix.join(posix.dirname(from), specifier) };
	if (isBuiltin(specifier)) return { library: `node:${specifier.replace(/^node:/, '')}` };
	return { library: specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/') };
}

/** Room and file of a path on a floor: `server/src/task/routes.ts` is `{ room: 'task', name: 'routes.ts' }`; a file that lies in the floor itself has no room. */
function placeOf(path, root) {
	const rest = path.slice(root.length + 1).split('/');
	return { room: rest.length > 1 ? rest[0] : null, name: rest.at(-1) };
}

/** Says why a file may not import from a library; null when it may. */
function libraryFault(library, from, isType) {
	const floor = floorOf(from);
	if (library in spokenIn && spokenIn[library] !== from) return `Only ${spokenIn[library]} speaks to ${library}.`;
	if (floor in floors && library === 'node:process')
		return 'The process is a global; its settings are read by a config.ts.';
	if (isTest(from)) return null;
	if (floor === 'shared/src' && (library.startsWith('node:') || ['mongoose', 'mongodb', 'pino'].includes(library)))
		return 'shared/src is pure: it knows neither Node nor a database.';
	if (floor === 'web' && /^(mongoose|mongodb|pino)$/.test(library)) return 'The web asks the server.';
	if ((library === 'mongoose' || library === 'mongodb') && !isType) {
		const wiring = /^(server|worker)\/src\/[^/]+\.ts$/.test(from);
		if (floor in floors && floor !== 'shared/node' && !wiring) return 'Only stores ask Mongo anything.';
	}
	if (library === 'express' && floor === 'server') {
		const { room, name } = placeOf(from, 'server/src');
		if (room !== null && !technical.server.includes(room) && name !== 'routes.ts')
			return 'Use cases never see Express.';
	}
	return null;
}

/** The same within one of the floors that run on Node. */
function serverFault(floor, from, to) {
	const [here, there] = [placeOf(from, `${floor}/src`), placeOf(to, `${floor}/src`)];
	if (there.room === null) return here.room === null ? null : 'What a room needs of the wiring arrives as an argument.';
	if (there.name === 'routes.ts' && here.room !== null) return 'Routes call use cases, never the other way round.';
	if (here.room === null || here.room === there.room || technical[floor].includes(there.room)) return null;
	return 'What a room needs of another arrives as an argument from the wiring.';
}

/** The same within the web. */
function webFault(from, to) {
	const lib = 'web/src/lib';
	if (!from.startsWith(`${lib}/`)) return null;
	if (to.startsWith('web/src/routes/')) return 'Pages show rooms, never the other way round.';
	if (!to.startsWith(`${lib}/`)) return null;
	const [here, there] = [placeOf(from, lib), placeOf(to, lib)];
	if (there.room === null || webTechnical.includes(there.room) || here.room === there.room) return null;
	if (here.room === null || webTechnical.includes(here.room)) return 'A technical folder knows no room.';
	if (here.room === 'studio' || webShared[there.room]?.includes(there.name)) return null;
	return 'What a room needs of another is given to it by the studio or the page.';
}

/** Says why a file may not import from an address (`isType`: its types alone); null when it may. */
export function importFault(from, specifier, isType = false) {
	const { file: to, library } = addressOf(specifier, from);
	if (library !== undefined) return libraryFault(library, from, isType);
	const floor = floorOf(from);
	const may = floors[floor];
	if (may === undefined) return null;
	const target = floorOf(to);
	if (isTestHelp(to) && !isTest(from)) return 'What is there for tests is imported by tests.';
	// A test of the server may speak to it by the client that browsers use.
	if (!may.includes(target) && !(isTest(from) && ['shared/testing', 'web'].includes(target)))
		return `${floor} may not import ${target}.`;
	if (/^(server|worker|cli)\/src\/main\.ts$/.test(to)) return 'Nothing imports a main.ts.';
	if (isType || isTest(from)) return null;
	if (floor === 'server' && placeOf(from, 'server/src').name === 'routes.ts' && target === 'shared/node')
		return 'Routes ask use cases, never a store.';
	if (floor === target && floor in technical) return serverFault(floor, from, to);
	return floor === 'web' && target === 'web' ? webFault(from, to) : null;
}

const typesAlone = ({ importKind, exportKind, specifiers = [] }) =>
	importKind === 'type' ||
	exportKind === 'type' ||
	(specifiers.length > 0 && specifiers.every((each) => each.importKind === 'type' || each.exportKind === 'type'));

/** The rule for ESLint: every import, export from and import() is asked. */
export const whoImportsWhom = (root) => ({
	meta: { type: 'problem', schema: [], messages: { fault: '{{fault}} See "Who may import whom".' } },
	create(context) {
		const path = context.filename.replaceAll('\\', '/');
		const from = posix.relative(root.replaceAll('\\', '/'), path);
		const check = (node) => {
			if (typeof node.source?.value !== 'string') return;
			const fault = importFault(from, node.source.value, typesAlone(node));
			if (fault !== null) context.report({ node: node.source, messageId: 'fault', data: { fault } });
		};
		return {
			ImportDeclaration: check,
			ExportNamedDeclaration: check,
			ExportAllDeclaration: check,
			ImportExpression: check,
		};
	},
});
