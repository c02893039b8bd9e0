import { account } from './en/account.ts';
import { activity } from './en/activity.ts';
import { bible } from './en/bible.ts';
import { board } from './en/board.ts';
import { common } from './en/common.ts';
import { farm } from './en/farm.ts';
import { film } from './en/film.ts';
import { keys } from './en/keys.ts';
import { plan } from './en/plan.ts';
import { presence } from './en/presence.ts';
import { problems } from './en/problems.ts';
import { projects } from './en/projects.ts';
import { provider } from './en/provider.ts';
import { publicPages } from './en/public-pages.ts';
import { review } from './en/review.ts';
import { script } from './en/script.ts';
import { studio } from './en/studio.ts';
import { take } from './en/take.ts';
import { task } from './en/task.ts';
import { usage } from './en/usage.ts';
import { version } from './en/version.ts';
import { workflow } from './en/workflow.ts';

/** Every English word, by room. */
export const en = {
	account,
	activity,
	bible,
	board,
	common,
	farm,
	film,
	keys,
	plan,
	presence,
	problems,
	projects,
	provider,
	public: publicPages,
	review,
	script,
	studio,
	take,
	task,
	usage,
	version,
	workflow,
};
