import type { account as words } from '../en/account.ts';

export const account: typeof words = {
	login: '登录',
	register: '注册',
	logout: '退出登录',
	name: '你的名字',
	email: '邮箱',
	password: '密码',
	passwordHint: '至少 8 个字符',
	loginTitle: '欢迎回来',
	registerTitle: '开始你的第一部影片',
	noAccount: '还没有账号？',
	haveAccount: '已有账号？',
	theme: '主题',
	themeSystem: '跟随系统',
	themeDark: '深色',
	themeLight: '浅色',
	language: '语言',
};
