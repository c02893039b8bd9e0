import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import { whoImportsWhom } from './scripts/import-rules.js';

const root = import.meta.dirname;

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
		files: ['**/*.ts', '**/*.svelte'],
		plugins: { reelroom: { rules: { 'who-imports-whom': whoImportsWhom(root) } } },
		rules: { 'reelroom/who-imports-whom': 'error' },
	},
	{
		// Settings are read once, by a process's config.ts, and passed on.
		files: ['{shared,server,worker,cli}/**/*.ts', 'web/src/**/*.{ts,svelte}'],
		ignores: ['**/config.ts', '**/*.test.ts', 'shared/testing/**'],
		rules: {
			'no-restricted-properties': [
				'error',
				{ object: 'process', property: 'env', message: 'Only a config.ts reads the environment.' },
			],
		},
	},
	{ files: ['cli/**', 'scripts/**', 'bench/**', 'e2e/**'], rules: { 'no-console': 'off' } },
);
