import type { publicPages as words } from '../en/public-pages.ts';

export const publicPages: typeof words = {
	tagline: '从剧本到影片，一起完成。', pitch: '写剧本，看它拆成镜头，画出每一格，再看影片播放——和伙伴们在同一个房间里同时进行。',
	startWriting: '开始一部影片', step1: '写', step1Text: '多人同时书写的剧本编辑器。', step2: '画', step2Text: '每一场变成镜头，每个镜头变成画面，风格由你选择。', step3: '播放与渲染', step3Text: '分镜从第一分钟起就能像影片一样播放。渲染成片，用链接分享。',
	pictureAlt: '一格分镜：女孩独自走在亮着窗的雪夜街道上', inviteTitle: '{who} 邀请你', inviteProject: '一起在 {workspace} 制作“{project}”', inviteWorkspace: '加入 {workspace}', asEditor: '你可以写作、绘制和渲染。', asViewer: '你可以观看和阅读。', join: '加入', until: '有效期至 {date}',
	inviteEnded: '这个邀请无法使用', sharedBy: '由 {who} 分享', shareEnded: '这部影片已不再分享', shareUnknown: '链接有误，或分享者已将其关闭。', madeWith: '用 Reelroom 制作', openApp: '进入我的项目',
};
