import { expect, test } from 'vitest';
import { createShutdown } from './shutdown.ts';

const log = { info: () => {}, error: () => {} };

test('what was opened last is closed first, once, and a failure does not keep the rest open', async () => {
	const shutdown = createShutdown({ log, exit: () => {} });
	const closed: string[] = [];
	shutdown.add('database', () => closed.push('database'));
	shutdown.add('broken', () => Promise.reject(new Error('stuck')));
	shutdown.add('server', () => closed.push('server'));
	await Promise.all([shutdown.close(), shutdown.close()]);
	expect(closed).toEqual(['server', 'database']);
	expect(shutdown.signal.aborted).toBe(true);
});
