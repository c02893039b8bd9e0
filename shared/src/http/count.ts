import * as z from 'zod';

const digits = (given: unknown): unknown =>
	typeof given === 'string' && /^[0-9]{1,9}$/.test(given) ? Number(given) : given;

/** A count in a query, written in plain digits: `0x10`, `1e2` and ` 5` are no counts. */
export const countUpTo = (most: number) => z.preprocess(digits, z.int().min(1).max(most));
/** The same where it may be none. */
export const countFromZero = (most: number) => z.preprocess(digits, z.int().min(0).max(most));
