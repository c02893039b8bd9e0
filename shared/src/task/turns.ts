import type { Plan } from '../plan/quota.ts';

/** What is queued now, as far as it matters for whose turn is next. */
export type Waiting = {
	/** The smallest turn that waits; null when nothing does. */
	first: number | null;
	/** The largest turn of each project for which this person waits. */
	lastOf: Readonly<Record<string, number>>;
};
/** One step of a person with the plan free. */
const step = 1_000;
/** What nobody waits for stands so much further apart. */
const backgroundSteps = 32;
const weightOf: Readonly<Record<Plan, number>> = { free: 1, pro: 2, studio: 4 };

/**
 * The turns of tasks that somebody asks for now; the smallest is worked on next. Everybody's tasks stand one step apart and begin where the queue is: so people take
 * turns, however many each has asked for, a higher plan more often, and several projects of one person take turns in that person's steps. A turn never changes
 * while those of later tasks begin further on: whoever waits comes nearer, and nobody waits for ever. What was asked for by nobody, as the pictures of a sample, comes in
 * between now and then, and at once where nothing else waits.
 */
export function turnsOf(about: {
	now: Date;
	plan: Plan;
	projectId: string;
	waiting: Waiting;
	count: number;
	inBackground?: boolean;
}): number[] {
	const { first, lastOf } = about.waiting;
	const begin = Math.max(first ?? about.now.getTime(), lastOf[about.projectId] ?? 0);
	const projects = new Set([...Object.keys(lastOf), about.projectId]).size;
	const apart = (step * projects * (about.inBackground === true ? backgroundSteps : 1)) / weightOf[about.plan];
	return Array.from({ length: about.count }, (_, index) => begin + apart * (index + 1));
}
