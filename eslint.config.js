import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import { existsSync, readdirSync } from 'node:fs';
import ts from 'typescript-eslint';

const root = import.meta.dirname;
const outside = ['@reelroom/cli/*', '**/cli/src/*', '**/e2e/*', '**/bench/*', '**/scripts/*'];
const message = 'See "Who may import whom" in the architecture.';
const ban = (group, more = {}) => ({ group, message, ...more });
const imports = (patterns, paths = []) => ({
	'@typescript-eslint/no-restricted-imports': ['error', { patterns, paths }],
});

const server = [ban(['@reelroom/worker/*', '**/worker/src/*', '@reelroom/web/*', ...outside])];
const worker = [ban(['@reelroom/server/*', '**/server/src/*', '@reelroom/web/*', ...outside])];
/** Only stores ask Mongo anything. */
const mongo = ban(['mongoose', 'mongodb'], { allowTypeImports: true });

/** A room imports itself, `shared` and the technical folders; types may cross. */
function rooms(floor, technical, common) {
	const folder = `${root}/${floor}`;
	if (!existsSync(folder)) return [];
	const names = readdirSync(folder, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map((entry) => entry.name);
	return names.map((name) => {
		const others = names.filter((other) => other !== name && (technical.includes(name) || !technical.includes(other)));
		const group = others.flatMap((other) => [`../${other}/*`, `../../${other}/*`, `../../../${other}/*`]);
		const between = technical.includes(name) ? others.filter((other) => !technical.includes(other)) : others;
		const patterns = [...common, mongo];
		if (between.length > 0) {
			patterns.push(
				ban(
					group.filter((path) => between.some((other) => path.includes(`/${other}/`))),
					{ allowTypeImports: true },
				),
			);
		}
		return {
			files: [`${floor}/${name}/**/*.ts`],
			ignores: ['**/*.test.ts', '**/*.contract.ts'],
			rules: imports(patterns),
		};
	});
}

export default ts.config(
	{ ignores: ['**/node_modules/', '**/build/', '**/.svelte-kit/', '.cache/', 'data/', 'coverage/', 'test-results/'] },
	js.configs.recommended,
	ts.configs.strict,
	ts.configs.stylistic,
	svelte.configs.recommended,
	{
		languageOptions: { globals: globals.node },
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			'no-undef': 'off',
			'no-console': 'error',
			eqeqeq: ['error', 'always', { null: 'ignore' }],
			'prefer-const': 'error',
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-non-null-assertion': 'error',
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
			'@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
			// Both spellings of a shape are fine; which one reads better differs from place to place.
			'@typescript-eslint/consistent-type-definitions': 'off',
			'@typescript-eslint/no-empty-function': 'off',
			'@typescript-eslint/no-invalid-void-type': 'off',
			'@typescript-eslint/unified-signatures': 'off',
		},
	},
	{
		files: ['**/*.ts'],
		ignores: ['web/**', '**/*.d.ts', 'scripts/**'],
		languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: root } },
		rules: {
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
			'@typescript-eslint/await-thenable': 'error',
		},
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts', 'web/**/*.ts'],
		languageOptions: {
			globals: globals.browser,
			parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] },
		},
		rules: {
			...imports([
				ban([
					'@reelroom/shared/node/*',
					'@reelroom/server/*',
					'@reelroom/worker/*',
					'**/shared/node/*',
					'**/server/src/*',
					'**/worker/src/*',
					...outside,
				]),
			]),
			'svelte/no-at-html-tags': 'error',
			'svelte/require-each-key': 'error',
			// Paths are made by our own functions; no base path is configured.
			'svelte/no-navigation-without-resolve': 'off',
			// Runes are declared with `let` by habit of the language; plain values are still held to `const`.
			'prefer-const': 'off',
			'svelte/prefer-const': ['error', { destructuring: 'all', excludedRunes: ['$props', '$derived'] }],
			// Most maps and dates are local to one computation; those that are state are chosen with care.
			'svelte/prefer-svelte-reactivity': 'off',
			// A flag that is set once the page is alive is no derived value.
			'svelte/prefer-writable-derived': 'off',
			// A blank that must stay is written as one.
			'svelte/no-useless-mustaches': ['error', { ignoreIncludesComment: true, ignoreStringEscape: true }],
		},
	},
	{
		files: ['shared/src/**/*.ts'],
		ignores: ['**/*.test.ts'],
		rules: imports([
			ban([
				'node:*',
				'**/shared/node/*',
				'../node/*',
				'../../node/*',
				'@reelroom/*',
				'mongoose',
				'mongodb',
				'pino',
				...outside,
			]),
		]),
	},
	{
		files: ['shared/node/**/*.ts'],
		rules: imports([
			ban([
				'@reelroom/server/*',
				'@reelroom/worker/*',
				'@reelroom/web/*',
				'**/server/src/*',
				'**/worker/src/*',
				...outside,
			]),
		]),
	},
	{ files: ['server/src/**/*.ts'], rules: imports(server) },
	{ files: ['worker/src/**/*.ts'], rules: imports(worker) },
	...rooms('server/src', ['http', 'live'], server),
	...rooms('worker/src', ['provider'], worker),
	{
		// Use cases never see Express; the edge does.
		files: ['server/src/*/*.ts'],
		ignores: ['server/src/http/**', 'server/src/live/**', '**/routes.ts', '**/*.test.ts'],
		rules: { 'no-restricted-imports': ['error', { paths: [{ name: 'express', message }] }] },
	},
	{ files: ['cli/**', 'scripts/**', 'bench/**', 'e2e/**'], rules: { 'no-console': 'off' } },
);
