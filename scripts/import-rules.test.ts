import { resolve } from 'node:path';
import { ESLint } from 'eslint';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const untyped = Object.fromEntries(
	['no-floating-promises', 'no-misused-promises', 'await-thenable'].map((rule) => [
		`@typescript-eslint/${rule}`,
		'off' as const,
	]),
);
const eslint = new ESLint({
	cwd: root,
	// Without types: the files below need not be there, and nothing of the project has to be read.
	overrideConfig: {
		files: ['**/*.ts'],
		languageOptions: { parserOptions: { project: null, program: null } },
		rules: untyped,
	},
});

/** The faults that the project's own configuration finds in one line of a file at that path. */
async function faultsOf(path: string, line: string): Promise<string[]> {
	const [result] = await eslint.lintText(line, { filePath: resolve(root, path) });
	return (result?.messages ?? [])
		.filter(
			({ ruleId, fatal }) =>
				fatal === true || ruleId === 'reelroom/who-imports-whom' || ruleId === 'no-restricted-properties',
		)
		.map(({ message }) => message);
}

const value = (address: string): string => `import { x } from '${address}';\nx();\n`;
const types = (address: string): string => `import type { X } from '${address}';\nexport type Y = X;\n`;
const inside = { task: 'server/src/task/tasks.ts', cell: 'web/src/lib/board/board-actions.ts' };

const refused: [what: string, path: string, line: string][] = [
	// Floors.
	['web: a store', inside.cell, value('@reelroom/shared/node/stores/take-store.ts')],
	['web: a store by its path', inside.cell, types('../../../../shared/node/stores/take-store.ts')],
	['web: the server', inside.cell, types('@reelroom/server/task/tasks.ts')],
	['web: a database', inside.cell, value('mongodb')],
	['shared/src: node', 'shared/src/board/order.ts', value('node:fs')],
	['shared/src: node without its prefix', 'shared/src/board/order.ts', value('fs')],
	['shared/src: node below a builtin', 'shared/src/board/order.ts', value('fs/promises')],
	['shared/src: shared/node', 'shared/src/board/order.ts', value('../../node/files.ts')],
	['shared/src: the server by its path', 'shared/src/board/order.ts', types('../../../server/src/task/tasks.ts')],
	['shared/node: the server', 'shared/node/files.ts', types('../../server/src/task/tasks.ts')],
	['server: the worker', inside.task, types('@reelroom/worker/worker.ts')],
	['worker: the server by its path', 'worker/src/task/run-task.ts', types('../../../server/src/task/tasks.ts')],
	['server: the web', inside.task, value('../../../web/src/lib/live-document.ts')],
	['server: the command', inside.task, types('@reelroom/cli/studio.ts')],
	['server: a script', inside.task, value('../../../scripts/steps.ts')],
	['worker: a bench', 'worker/src/task/run-task.ts', value('../../../bench/product.ts')],
	// Rooms and wiring.
	['a room: another room', inside.task, value('../project/projects.ts')],
	['a room: another room, lazily', inside.task, "await import('../project/projects.ts');\n"],
	['a room: another room, handed on', inside.task, "export { x } from '../project/projects.ts';\n"],
	['a room: all of another room', inside.task, "export * from '../project/projects.ts';\n"],
	['a room: another room by its package', inside.task, value('@reelroom/server/project/projects.ts')],
	['a room: the wiring', inside.task, value('../server.ts')],
	['a room: the wiring of the studio', inside.task, value('../open-studio.ts')],
	['a room: the main', inside.task, types('../main.ts')],
	['a room: the settings', inside.task, value('../config.ts')],
	['a room of the worker: the wiring', 'worker/src/cut/render-cut.ts', value('../worker.ts')],
	['a technical folder: the wiring', 'server/src/http/on.ts', value('../server.ts')],
	['a technical folder: a room', 'server/src/live/sockets.ts', value('../task/tasks.ts')],
	['the worker’s technical folder: a room', 'worker/src/provider/provider.ts', value('../cut/ffmpeg.ts')],
	['a use case: its own routes', inside.task, value('./routes.ts')],
	['a use case: Express', inside.task, types('express')],
	['routes: a store', 'server/src/task/routes.ts', value('@reelroom/shared/node/stores/task-store.ts')],
	// One file of ours speaks to each.
	['agenda', 'server/src/server.ts', value('agenda')],
	['agenda’s parts', 'shared/node/bus.ts', types('@agendajs/mongo-backend')],
	['fluent-ffmpeg', 'worker/src/cut/render-cut.ts', value('fluent-ffmpeg')],
	['mongoose in a use case', inside.task, value('mongoose')],
	['mongodb in a technical folder', 'server/src/live/sockets.ts', value('mongodb')],
	['mongodb in the command', 'cli/src/doctor.ts', value('mongodb')],
	// What is there for tests.
	['a test database in production', 'server/src/server.ts', value('@reelroom/shared/testing/mongod.ts')],
	['a test server in production', inside.task, types('../testing.ts')],
	['a slow worker in production', 'worker/src/worker.ts', value('./testing-slow-worker.ts')],
	['a helper of tests in production', 'shared/node/files.ts', value('./files.testing.ts')],
	// Rooms of the web.
	['a room of the web: another', inside.cell, value('#lib/cut/animatic-state.svelte.ts')],
	['a room of the web: another by its path', inside.cell, value('../cut/animatic-state.svelte.ts')],
	['a room of the web: the studio’s wiring', inside.cell, value('#lib/studio/Studio.svelte')],
	[
		'a component: another room',
		'web/src/lib/board/Inspector.svelte',
		`<script lang="ts">\n${value('#lib/cut/CutView.svelte')}</script>\n`,
	],
	['a technical folder of the web: a room', 'web/src/lib/keys/chord.ts', value('#lib/board/neighbour.ts')],
	['the caller of the API: a room', 'web/src/lib/call.ts', value('#lib/studio/studio-state.svelte.ts')],
	['a room of the web: a page', inside.cell, value('../../routes/+page.svelte')],
	// The environment.
	['the environment in a use case', inside.task, 'export const home = process.env.HOME;\n'],
	['the environment taken apart', inside.task, 'export const { env } = process;\n'],
	['the environment by a module', inside.task, "import { env } from 'node:process';\nenv.toString();\n"],
	['the environment in a tool', 'shared/node/tools/cache.ts', 'export const home = process.env.HOME;\n'],
	['the environment in the command', 'cli/src/studio.ts', 'export const home = process.env.HOME;\n'],
];

const allowed: [what: string, path: string, line: string][] = [
	['web: shared/src', inside.cell, value('@reelroom/shared/board/order.ts')],
	['web: a technical folder', inside.cell, value('#lib/ui/Button.svelte')],
	['web: its own room', inside.cell, value('./neighbour.ts')],
	['web: types of another room', inside.cell, types('#lib/cut/animatic-state.svelte.ts')],
	['web: what the studio shares', inside.cell, value('#lib/studio/studio-state.svelte.ts')],
	['web: the words of a task', inside.cell, value('#lib/task/progress.ts')],
	['the studio: every room', 'web/src/lib/studio/studio-state.svelte.ts', value('#lib/task/cell.ts')],
	['a page: every room', 'web/src/routes/+layout.ts', value('#lib/board/neighbour.ts')],
	['shared/src: itself', 'shared/src/board/order.ts', value('../project/document.ts')],
	['a test of shared/src: node', 'shared/src/board/order.test.ts', value('node:fs')],
	['a store: mongodb', 'shared/node/stores/take-store.ts', value('mongodb')],
	['the queue: agenda', 'shared/node/queue.ts', value('agenda')],
	['ffmpeg.ts: fluent-ffmpeg', 'worker/src/cut/ffmpeg.ts', value('fluent-ffmpeg')],
	['a use case: types of mongoose', inside.task, types('mongoose')],
	['a use case: a store', inside.task, value('@reelroom/shared/node/stores/task-store.ts')],
	['a use case: types of the wiring', inside.task, types('../server.ts')],
	[
		'a use case: types of another room',
		inside.task,
		"import { type X } from '../project/projects.ts';\nexport type Y = X;\n",
	],
	['a use case: a technical folder', inside.task, value('../http/on.ts')],
	['routes: their use cases', 'server/src/task/routes.ts', value('./tasks.ts')],
	['routes: types of Express', 'server/src/account/routes.ts', types('express')],
	['the wiring: every room', 'server/src/open-studio.ts', value('./task/routes.ts')],
	['the main: the wiring', 'server/src/main.ts', value('./server.ts')],
	['a test: the wiring', 'server/src/task/ask-once.db.test.ts', value('../open-studio.ts')],
	['a test: a test server', 'server/src/task/ask-once.db.test.ts', value('../testing.ts')],
	[
		'a test: the client of browsers',
		'server/src/live/late-joiner.db.test.ts',
		value('../../../web/src/lib/live-document.ts'),
	],
	['the command: server and worker', 'cli/src/studio.ts', types('@reelroom/server/config.ts')],
	['a flow: all floors', 'e2e/house.ts', value('@reelroom/cli/studio.ts')],
	['a bench: what is there for tests', 'bench/product.ts', value('@reelroom/worker/testing.ts')],
	['the settings: the environment', 'shared/node/config.ts', 'export const home = process.env.HOME;\n'],
	['a test: the environment', 'server/src/task/ask-once.db.test.ts', 'export const home = process.env.HOME;\n'],
];

test.each(refused)('the linter refuses %s', async (_what, path, line) => {
	expect(await faultsOf(path, line)).toEqual([expect.stringMatching(/"Who may import whom"|reads the environment/)]);
});

test.each(allowed)('the linter lets pass %s', async (_what, path, line) => {
	expect(await faultsOf(path, line)).toEqual([]);
});
