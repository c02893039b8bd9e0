import type { plan as en } from '../en/plan.ts';

/** 每天可以生成多少。 */
export const plan: typeof en = {
	title: '今日额度',
	free: '免费版',
	pro: '专业版',
	studio: '工作室版',
	images: '图片',
	videos: '视频',
	unlimited: '不限',
	leftOf: '剩余 {n} / {limit}',
	used: '已用 {n}',
	reserved: '进行中 {n}',
	reset: '{in}（{at}）重新计算。',
	sketchFree: '草图不占额度；失败或取消的任务会退回。',
	label: '今天还可生成 {n} 张，{time} 重置',
	labelUnlimited: '你的套餐没有限制',
	costs: '需 {n} 个额度',
	costsFree: '不占额度',
	costsPictures: '需 {n} 张图片额度',
	costsPicturesOf: '需 {n} 张图片额度，今日剩余 {left}',
	costsVideos: '需 {n} 个视频额度',
	costsVideosOf: '需 {n} 个视频额度，今日剩余 {left}',
	partly: '额度不足，{n} 个镜头未提交，{time} 后可继续。',
};
