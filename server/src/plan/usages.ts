import type { UsageQuestion, UsageStore } from '@reelroom/shared/node/stores/usage-store.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { dayOf } from '@reelroom/shared/plan/quota.ts';
import { daysBetween, sumUsage, type LedgerEntry, type Usage } from '@reelroom/shared/plan/usage.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { can } from '@reelroom/shared/workspace/access.ts';
import type { Actor } from '../http/on.ts';

export type UsagesDeps = {
	store: UsageStore;
	projectsOf: (workspaceId: string) => Promise<{ _id: string; name: string }[]>;
	namesOf: (ids: readonly string[]) => Promise<Map<string, string>>;
	now: () => Date;
};
export type Usages = ReturnType<typeof createUsages>;
type Wish = { from?: string | undefined; to?: string | undefined };

const badInput = (pointer: string, detail: string): Problem =>
	new Problem('invalid-input', detail, { errors: [{ pointer, detail }] });
/** The days that are meant; without a wish the last thirty. */
function rangeOf({ from, to }: Wish, now: Date): { from: string; to: string } {
	const last = to ?? dayOf(now);
	const first = from ?? dayOf(new Date(Date.parse(`${last}T00:00:00Z`) - 29 * 24 * 3_600_000));
	if (first > last) throw badInput('#/from', 'The first day lies behind the last one');
	if (daysBetween(first, last).length > limits.usageDays)
		throw badInput('#/from', `At most ${limits.usageDays} days are told at once`);
	return { from: first, to: last };
}
function placeOf(before: string | undefined): { at: Date; id: string } | null {
	if (before === undefined) return null;
	const [at = '', id = ''] = before.split('|', 2);
	const date = new Date(at);
	if (Number.isNaN(date.getTime()) || id === '') throw badInput('#/before', 'This is no place in the ledger');
	return { at: date, id };
}

/** What a workspace has used: everybody's for whoever administrates it, one's own for its other members. Deleted projects count on. */
export function createUsages({ store, projectsOf, namesOf, now }: UsagesDeps) {
	const look = async (actor: Actor, workspaceId: string, wish: Wish) => {
		const role = await actor.mustIn('usage.read', workspaceId);
		const everybody = can(role, 'usage.readAll');
		const { id } = actor.signedIn();
		const [alive, past] = await Promise.all([projectsOf(workspaceId), store.past(workspaceId)]);
		const names = new Map([...past, ...alive].map((project) => [project._id, project.name]));
		const living = new Set(alive.map(({ _id }) => _id));
		const range = rangeOf(wish, now());
		const accountId = everybody ? undefined : id;
		return {
			everybody,
			range,
			question: { ...range, projectIds: [...names.keys()], accountId } satisfies UsageQuestion,
			projectName: (projectId: string): string => names.get(projectId) ?? '',
			/** What was made in projects that are gone. */
			gone: past
				.filter(({ _id }) => !living.has(_id))
				.flatMap(({ made }) => made)
				.filter(
					(row) =>
						row.day >= range.from && row.day <= range.to && (accountId === undefined || row.accountId === accountId),
				),
		};
	};
	return {
		async read(actor: Actor, workspaceId: string, wish: Wish): Promise<Usage> {
			const { question, gone, range, everybody, projectName } = await look(actor, workspaceId, wish);
			const rows = [...(await Promise.all([store.made(question), store.paid(question)])).flat(), ...gone];
			const names = await namesOf([...new Set(rows.map(({ accountId }) => accountId))]);
			return sumUsage(rows, { ...range, everybody }, { person: (id) => names.get(id) ?? '', project: projectName });
		},
		async ledger(
			actor: Actor,
			workspaceId: string,
			{ limit, before, ...wish }: Wish & { limit: number; before?: string | undefined },
		): Promise<{ entries: LedgerEntry[]; next: string | null }> {
			const { question, projectName } = await look(actor, workspaceId, wish);
			const found = await store.entries(question, { limit: limit + 1, after: placeOf(before) });
			const shown = found.slice(0, limit);
			const last = found.length > limit ? shown.at(-1) : undefined;
			const names = await namesOf([...new Set(shown.map(({ accountId }) => accountId))]);
			return {
				entries: shown.map(({ _id, at, accountId, projectId, day, provider, unit, units, outcome }) => ({
					id: _id,
					at: at.toISOString(),
					day,
					person: { id: accountId, name: names.get(accountId) ?? '' },
					project: { id: projectId, name: projectName(projectId) },
					provider,
					unit,
					units,
					outcome,
				})),
				next: last === undefined ? null : `${last.at.toISOString()}|${last._id}`,
			};
		},
	};
}
