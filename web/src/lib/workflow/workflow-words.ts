import type { GraphFault } from '@reelroom/shared/provider/check-graph.ts';
import type { WorkflowSummary } from '@reelroom/shared/workflow/own-workflow.ts';
import { t, words } from '#lib/i18n/words.svelte.ts';

/** What is wrong at an input, for a person. */
export const faultWords = ({ code, given = '', wanted = '' }: GraphFault): string =>
	t(`workflow.fault_${code}`, { given, wanted: wanted === '' ? '–' : wanted });

export const titleOf = ({ titles }: Pick<WorkflowSummary, 'titles'>): string => titles[words.language];

/** Whether servers can run it, in a few words. */
export function runsWords({ runs }: Pick<WorkflowSummary, 'runs'>): string {
	if (runs.of === 0) return t('workflow.noServers');
	return runs.able === 0 ? t('workflow.runsNowhere') : t('workflow.runs', runs);
}
