import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const away = ['**/node_modules/**', '**/build/**', '**/.svelte-kit/**'];

export default defineConfig({
	test: {
		// Tests wait for disks, sockets and browsers much of the time: two at once also where there are two cores.
		maxWorkers: Math.max(2, availableParallelism() - 1),
		teardownTimeout: 30_000,
		coverage: {
			provider: 'v8',
			reporter: ['text-summary', 'json-summary', 'html'],
			include: ['shared/{src,node}/**/*.ts', 'server/src/**/*.ts', 'worker/src/**/*.ts'],
			exclude: ['**/*.test.ts', '**/*.contract.ts', '**/main.ts'],
		},
		projects: [
			{
				test: {
					name: 'unit',
					include: ['{shared,server,worker,cli,web,scripts}/**/*.test.ts'],
					exclude: [...away, '**/*.db.test.ts'],
					testTimeout: 30_000,
					hookTimeout: 60_000,
				},
			},
			{
				test: {
					name: 'db',
					include: ['{shared,server,worker,cli}/**/*.db.test.ts'],
					exclude: away,
					globalSetup: ['./shared/testing/mongod.setup.ts'],
					testTimeout: 60_000,
					hookTimeout: 120_000,
				},
			},
			{
				test: {
					name: 'chaos',
					include: ['bench/chaos/**/*.test.ts'],
					exclude: away,
					testTimeout: 240_000,
					hookTimeout: 120_000,
					fileParallelism: false,
					sequence: { groupOrder: 2 },
				},
			},
			{
				test: {
					name: 'e2e',
					include: ['e2e/**/*.e2e.ts'],
					exclude: away,
					globalSetup: ['./scripts/build-web.mjs'],
					maxWorkers: 2,
					// A busy machine shows things late; what is promised within a time says so itself.
					expect: { poll: { timeout: 15_000 } },
					testTimeout: 180_000,
					hookTimeout: 300_000,
					sequence: { groupOrder: 1 },
				},
			},
		],
	},
});
