import type { film as words } from '../en/film.ts';

export const film: typeof words = {
	title: '影片', play: '播放', pause: '暂停', stepBack: '后退一帧', stepForward: '前进一帧', toStart: '回到开头', speed: '速度', fullscreen: '全屏', leaveFullscreen: '退出全屏', scrub: '播放位置', position: '{now} / {total}', chapter: '场', subtitles: '字幕',
	emptyTitle: '还没有可播放的内容', emptyText: '在分镜页把剧本拆成镜头，就能马上在这里播放。', timeline: '时间线', picture: '画面', dialogue: '对白', shot: '镜头 {label}，{seconds} 秒', player: '《{name}》动态分镜',
	render: '渲染', renderFilm: '渲染影片', rendering: '正在渲染', burned: '嵌入画面', soft: '可关闭', none: '无', quality: '质量', draft: '草稿', final: '成片', titleCard: '片头', endCard: '片尾', queued: '排队中', left: '还需 {time}', cancelRender: '停止渲染', renderFailed: '影片渲染失败：{why}',
	films: '影片', noFilms: '还没有渲染过影片', noFilmsText: '渲染会把当前分镜做成 MP4。', watch: '观看', download: '下载', share: '分享', copyLink: '复制链接', linkReady: '任何有此链接的人都可以观看影片。', revoke: '关闭链接', revoked: '链接已关闭', revokedAt: '已关闭', linkOf: '{date} 的链接', views: '已观看 {n} 次', links: '链接', linkCopied: '已复制链接', showTokenOnce: '链接地址只在创建时显示一次。', viewerOnly: '编辑者可以渲染和分享。', bytes: '{size} MB', filmOf: '{date} 的影片',
};
