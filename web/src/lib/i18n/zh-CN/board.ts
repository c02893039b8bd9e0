import type { board as words } from '../en/board.ts';

export const board: Record<keyof typeof words, string> = {
	title: '分镜',
	omittedShots: '{n} 个已略去的镜头',
	omittedScenes: '{n} 个已略去的场景',
	omittedScenesText: '这些场景的文字已从剧本中剪去，其余内容都还在。',
	becauseCut: '因文字被剪去而略去',
	byWhom: '{name} 略去，{ago}',
	byHand: '手动略去',
	restore: '恢复',
	restoreShot: '恢复镜头：{words}',
	restoreScene: '恢复场景：{heading}',
	shotRestored: '镜头 {label} 已回到原处',
	sceneRestored: '场景 {n} 已恢复：{heading}',
	withTakes: '{n} 个版本',
	shotsOfScene: '{n} 个镜头',
	sceneMenu: '场景 {n} 的操作',
	sceneEarlier: '场景前移',
	sceneLater: '场景后移',
	sceneToFirst: '移到最前',
	sceneBehind: '移到 {n} 之后：{heading}',
	sceneMoved: '现为场景 {n}：{heading}',
};
