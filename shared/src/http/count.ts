import * as z from 'zod';

/** A count in a query, written in plain digits: `0x10`, `1e2` and ` 5` are no counts. */
export const countUpTo = (most: number) =>
	z.preprocess(
		(given) => (typeof given === 'string' && /^[0-9]{1,9}$/.test(given) ? Number(given) : given),
		z.int().min(1).max(most),
	);
