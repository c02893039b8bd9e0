import type { presence as words } from '../en/presence.ts';

export const presence: typeof words = {
	menu: '在场：{names}',
	here: '{n} 人在场',
	alone: '点“分享”邀请他人加入。',
	followHint: '选择一人即可跟随其视角。',
	idle: '空闲',
	away: '在其他窗口',
	isHere: '{name}在这里',
	follow: '跟随{name}',
	following: '正在跟随{name}',
	stop: '停止跟随',
};
