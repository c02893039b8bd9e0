import { Id } from '@reelroom/shared/id.ts';
import { taskKinds, taskStatuses } from '@reelroom/shared/task/task.ts';

export const statusChoices = ['all', 'active', 'finished', ...taskStatuses] as const;
export const kindChoices = ['all', ...taskKinds] as const;
export const providerChoices = ['all', 'sketch', 'comfyui', 'volcengine', 'openai', 'ffmpeg'] as const;

/** What is looked for; `all` and empty words fit everything. */
export type TaskFilter = {
	status: (typeof statusChoices)[number];
	kind: (typeof kindChoices)[number];
	provider: (typeof providerChoices)[number];
	/** A project's id. */
	projectId: string;
	/** The id of the account that asked. */
	createdBy: string;
	text: string;
};
export const noFilter: TaskFilter = {
	status: 'all',
	kind: 'all',
	provider: 'all',
	projectId: 'all',
	createdBy: 'all',
	text: '',
};
const longestText = 200;

/** Reads a filter from the query of an address; what makes no sense fits everything. */
export function readFilter(query: Pick<URLSearchParams, 'get'>): TaskFilter {
	const idIn = (name: string): string => Id.safeParse(query.get(name)).data ?? 'all';
	const oneOf = <T extends string>(choices: readonly T[], name: string, otherwise: T): T =>
		choices.find((choice) => choice === query.get(name)) ?? otherwise;
	return {
		status: oneOf(statusChoices, 'status', 'all'),
		kind: oneOf(kindChoices, 'kind', 'all'),
		provider: oneOf(providerChoices, 'provider', 'all'),
		projectId: idIn('projectId'),
		createdBy: idIn('createdBy'),
		text: (query.get('text') ?? '').slice(0, longestText),
	};
}

/** What the filter says beyond fitting everything, for an address and for the endpoint. */
export function filterQuery({ status, kind, provider, projectId, createdBy, text }: TaskFilter) {
	return {
		...(status === 'all' ? {} : { status }),
		...(kind === 'all' ? {} : { kind }),
		...(provider === 'all' ? {} : { provider }),
		...(projectId === 'all' ? {} : { projectId }),
		...(createdBy === 'all' ? {} : { createdBy }),
		...(text.trim() === '' ? {} : { text: text.trim() }),
	};
}

export const isFiltered = (filter: TaskFilter): boolean => Object.keys(filterQuery(filter)).length > 0;
