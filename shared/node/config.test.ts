import { expect, test } from 'vitest';
import * as z from 'zod';
import { readConfig } from './config.ts';

const schema = z.object({
	PORT: z.coerce.number().int().default(4321),
	SECRET: z.string(),
	MODE: z.enum(['a', 'b']).default('a'),
});

test('settings left empty take their defaults, and the result cannot be changed', () => {
	const config = readConfig(schema, { PORT: '', SECRET: 's' });
	expect(config).toEqual({ PORT: 4321, SECRET: 's', MODE: 'a' });
	expect(Object.isFrozen(config)).toBe(true);
});

test('every fault is reported at once, each with its variable', () => {
	expect(() => readConfig(schema, { PORT: 'x', MODE: 'c' })).toThrow(/PORT: [\s\S]*SECRET: is not set[\s\S]*MODE: /);
});
