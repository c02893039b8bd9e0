import type { ShotContent, TimeOfDay } from '../board/shot.ts';
import type { TextLanguage, TextWish } from './text.ts';

type Words = Readonly<Record<TextLanguage, string>>;
/** Light by the time of day, outside and inside. */
const lights: Readonly<Record<Exclude<TimeOfDay, 'unknown'>, readonly [outside: Words, inside: Words]>> = {
	dawn: [
		{ en: 'first light, long shadows', 'zh-CN': '晨光初现，影子很长' },
		{ en: 'first light at the window', 'zh-CN': '窗前的第一缕晨光' },
	],
	morning: [
		{ en: 'soft morning light', 'zh-CN': '柔和的晨光' },
		{ en: 'morning light through a window', 'zh-CN': '晨光透过窗户' },
	],
	day: [
		{ en: 'clear daylight', 'zh-CN': '明亮的日光' },
		{ en: 'daylight through a window', 'zh-CN': '日光透过窗户' },
	],
	dusk: [
		{ en: 'low golden light', 'zh-CN': '低垂的金色光线' },
		{ en: 'last light on the walls', 'zh-CN': '墙上最后的余晖' },
	],
	evening: [
		{ en: 'blue hour, lit windows', 'zh-CN': '蓝调时分，窗户亮着' },
		{ en: 'warm lamplight', 'zh-CN': '温暖的灯光' },
	],
	night: [
		{ en: 'moonlight, deep shadows', 'zh-CN': '月光，深重的阴影' },
		{ en: 'a single lamp, deep shadows', 'zh-CN': '孤灯，深重的阴影' },
	],
};
const near: Words = { en: 'shallow depth of field', 'zh-CN': '浅景深' };
const far: Words = { en: 'deep space, small figures', 'zh-CN': '纵深开阔，人物渺小' };
const depths: Readonly<Partial<Record<ShotContent['size'], Words>>> = {
	ECU: near,
	CU: near,
	MCU: near,
	WS: far,
	EWS: far,
};
const stagings: readonly Words[] = [
	{ en: 'in silhouette against the light', 'zh-CN': '逆光剪影' },
	{ en: 'seen from behind, facing what lies ahead', 'zh-CN': '背影，面向前方' },
	{ en: 'framed by a doorway or a window', 'zh-CN': '以门框或窗框构图' },
];

const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);
const plain = (text: string): string =>
	text
		.trim()
		.replace(/\s+/g, ' ')
		.replace(/[,，。.;；]+$/, '');
/** What is seen happen: the words that are there, else the action, else who speaks. */
function subjectOf({ action, dialogue }: ShotContent, text: string): string {
	const [first] = dialogue;
	return (
		plain(text) ||
		plain(action) ||
		(first === undefined ? '' : `${first.character} ${isChinese(first.text) ? '在说话' : 'speaks'}`)
	);
}

/** The same wish without a model. Framing, place, looks and style are no part of it: they are added to every prompt as it is sent. Null for what rules cannot do. */
export function textByRules({ task, text }: TextWish, shot: ShotContent | null): string | null {
	if (shot === null) return null;
	const subject = subjectOf(shot, task === 'write-prompt' ? '' : text);
	const language: TextLanguage = isChinese(subject) ? 'zh-CN' : 'en';
	const comma = language === 'en' ? ', ' : '，';
	const light = shot.timeOfDay === 'unknown' ? undefined : lights[shot.timeOfDay][shot.interior ? 1 : 0];
	const joined = (...parts: (Words | undefined)[]): string =>
		[
			subject,
			...parts.flatMap((words) => (words === undefined || subject.includes(words[language]) ? [] : [words[language]])),
		]
			.filter((part) => part !== '')
			.join(comma);
	if (task === 'write-prompt' || task === 'improve-prompt') return joined(light, depths[shot.size]);
	return task === 'alternatives' ? stagings.map((staging) => joined(staging, light)).join('\n') : null;
}
