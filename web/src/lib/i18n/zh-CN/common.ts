import type { common as words } from '../en/common.ts';

export const common: typeof words = {
	product: 'Reelroom', close: '关闭', cancel: '取消', retry: '重试', undo: '撤销', save: '保存', delete: '删除', copy: '复制', copied: '已复制', loading: '加载中…',
	more: '更多', back: '返回', skip: '跳到正文', menu: '菜单', dismiss: '关闭提示',
	required: '请填写此项。', tooShort: '至少 {min} 个字符。', tooLong: '最多 {max} 个字符。', badEmail: '这不是有效的邮箱地址。', badValue: '这个值不合适。',
	pageMissing: '这个地址下什么也没有。', pageFailed: '页面无法显示。', home: '回到首页',
	aspect: '画幅', style: '风格',
};
