import { Problem } from '@reelroom/shared/problem.ts';
import type { ProviderAttempt } from './provider.ts';

/** Kept while a service is being asked to do work and has not said yet under which id. */
const asking = 'asking';
const idPrefix = 'id:';
const isKnown = (error: unknown): error is Problem =>
	error instanceof Problem && error.code !== 'provider-outcome-unknown';

/** Takes the mark of an attempt away, when nothing of it is left at the service. A claim that is lost meanwhile is told by whatever is written next. */
const forget = async (node: string, attempt: ProviderAttempt | undefined): Promise<void> =>
	attempt?.keepReference({ node, promptId: '' }).catch(() => {});

/**
 * Asks a service once for work that it does: that it is being asked is kept first. Whoever finds this mark of an earlier attempt does not ask again, since
 * it may have been made and paid for, and says so; a call that certainly brought nothing takes the mark away.
 */
export async function onceOnly<T>(
	node: string,
	attempt: ProviderAttempt | undefined,
	work: () => Promise<T>,
): Promise<T> {
	if (attempt?.reference?.promptId === asking)
		throw new Problem('provider-outcome-unknown', 'An earlier attempt ended while the provider was being asked');
	await attempt?.keepReference({ node, promptId: asking, isPaid: true });
	try {
		return await work();
	} catch (error) {
		if (isKnown(error)) await forget(node, attempt);
		throw error;
	}
}

/**
 * Follows work that a service does under an id of its own. The id is kept as soon as it is known, so that whoever takes the task over follows the same work.
 * Between the service's answer and the keeping lies the one moment in which a crash leaves only the mark of having asked.
 */
export async function submittedOnce<T>(
	node: string,
	attempt: ProviderAttempt | undefined,
	{ submit, follow }: { submit: () => Promise<string>; follow: (id: string) => Promise<T> },
): Promise<T> {
	const earlier = attempt?.reference;
	let id: string;
	if (earlier?.node === node && earlier.promptId.startsWith(idPrefix)) id = earlier.promptId.slice(idPrefix.length);
	else {
		id = await onceOnly(node, attempt, submit);
		await attempt?.keepReference({ node, promptId: `${idPrefix}${id}`, isPaid: true });
	}
	try {
		return await follow(id);
	} catch (error) {
		// Where the service is merely away the work goes on there, and is found again; of what has failed nothing is left.
		const isAway = isKnown(error) && (error.code === 'provider-unavailable' || error.code === 'provider-busy');
		if (isKnown(error) && (error instanceof WorkFailed || !isAway)) await forget(node, attempt);
		throw error;
	}
}

/** The service says that the work itself has failed. */
export class WorkFailed extends Problem {}
