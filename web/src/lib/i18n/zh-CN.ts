import type { en } from './en.ts';
import { account } from './zh-CN/account.ts';
import { activity } from './zh-CN/activity.ts';
import { bible } from './zh-CN/bible.ts';
import { board } from './zh-CN/board.ts';
import { common } from './zh-CN/common.ts';
import { farm } from './zh-CN/farm.ts';
import { film } from './zh-CN/film.ts';
import { keys } from './zh-CN/keys.ts';
import { plan } from './zh-CN/plan.ts';
import { presence } from './zh-CN/presence.ts';
import { problems } from './zh-CN/problems.ts';
import { projects } from './zh-CN/projects.ts';
import { provider } from './zh-CN/provider.ts';
import { publicPages } from './zh-CN/public-pages.ts';
import { review } from './zh-CN/review.ts';
import { script } from './zh-CN/script.ts';
import { studio } from './zh-CN/studio.ts';
import { take } from './zh-CN/take.ts';
import { task } from './zh-CN/task.ts';
import { usage } from './zh-CN/usage.ts';
import { version } from './zh-CN/version.ts';
import { workflow } from './zh-CN/workflow.ts';

/** Every Chinese word, by room. */
export const zhCN: typeof en = {
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
