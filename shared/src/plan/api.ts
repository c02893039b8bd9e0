import * as z from 'zod';
import { countUpTo } from '../http/count.ts';
import { endpoint } from '../http/endpoint.ts';
import { Id } from '../id.ts';
import { limits } from '../limits.ts';
import { Quota } from './quota.ts';
import { LedgerEntry, Usage } from './usage.ts';

const ById = z.strictObject({ id: Id });
/** A time in days of UTC, both ends within it; without them the last thirty days. */
const days = { from: z.iso.date().optional(), to: z.iso.date().optional() };

export const planApi = {
	quota: endpoint({
		method: 'get',
		path: '/quota',
		summary: 'What is left of your plan today, and when the next day begins (00:00 UTC).',
		allow: 'signed-in',
		reply: Quota,
	}),
	usage: endpoint({
		method: 'get',
		path: '/workspaces/:id/usage',
		summary: `What was generated in a workspace and what it cost, by day, person, project and provider: everybody's for its owner and admins, your own for others. At most ${limits.usageDays} days at once.`,
		allow: 'usage.read',
		params: ById,
		query: z.strictObject(days),
		reply: Usage,
	}),
	ledger: endpoint({
		method: 'get',
		path: '/workspaces/:id/ledger',
		summary:
			'Every reservation that ended, charged or given back, newest first, a page at a time; whose as in `usage`.',
		allow: 'usage.read',
		params: ById,
		query: z.strictObject({
			...days,
			limit: countUpTo(limits.pageItems).default(50),
			/** The `next` of the page before. */
			before: z.string().max(200).optional(),
		}),
		reply: z.strictObject({ entries: z.array(LedgerEntry), next: z.string().nullable() }),
	}),
};
