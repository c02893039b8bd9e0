import type { projects as words } from '../en/projects.ts';

export const projects: typeof words = {
	title: '项目', new: '新建项目', name: '名称', script: '剧本', scriptHint: '粘贴到这里，或拖入 .fountain、.txt 文件。也可以之后再写。', chooseFile: '选择文件', dropHere: '把剧本拖到这里',
	create: '创建项目', creating: '正在创建项目', emptyTitle: '还没有项目', emptyText: '一个项目就是一部影片：剧本、分镜和成片。', failedTitle: '项目列表加载失败', changed: '{ago}修改', sample: '示例', noCover: '还没有画面',
	actions: '“{name}”的操作', delete: '删除项目', deleteTitle: '永久删除“{name}”？', deleteText: '剧本、分镜、画面和影片都将丢失。请输入名称以确认。', deleted: '已删除“{name}”', open: '打开', imported: '已导入剧本：{n} 场', importFailed: '项目已创建，但剧本未能读入：{why}', removeFile: '移除文件', search: '查找项目', nothingFound: '没有这个名称的项目。',
	stylePencil: '铅笔', styleInk: '水墨', styleAnime: '动画', style3d: '3D', styleNoir: '黑色电影', styleWatercolour: '水彩', stylePapercut: '剪纸',
};
