import type { TimeOfDay } from '../board/shot.ts';

const latinPrefix =
	/^(?:\d+[A-Z]?[.)]?\s+)?(?:(INT\.?\s*\/\s*EXT|EXT\.?\s*\/\s*INT|I\s*\/\s*E|INT|EXT|EST)(?:\.\s*|\s+|$))/i;
const numeral = '[0-9０-９〇零一二三四五六七八九十百两]+';
const chineseNumber = new RegExp(
	`^(?:(?:第\\s*(${numeral})\\s*[场場]次?|[场場]次?景?\\s*(${numeral}))(?=$|[\\s:：,，.。．、\\-—–·]|[内外])|(\\d+(?:-\\d+)?)[.、．]\\s*)`,
);
const side = /^(内外景?|外内景?|内景|外景|內景|内\s*[/／]\s*外景?|外\s*[/／]\s*内景?|内|外)/;
const separators = /^[\s.。．:：,，、\-—–·/／]+|[\s.。．:：,，、\-—–·/／]+$/g;
const sentenceEnd = /[。！？!?；;“”"]/;

/** Words that tell when a scene plays, tried in this order. */
const times: readonly (readonly [RegExp, TimeOfDay])[] = [
	[/\b(?:DAWN|SUNRISE|DAYBREAK|FIRST LIGHT)\b|黎明|拂晓|破晓|日出|天亮/i, 'dawn'],
	[/\b(?:DUSK|SUNSET|TWILIGHT|MAGIC HOUR|GOLDEN HOUR)\b|黄昏|傍晚|日落|夕阳|薄暮/i, 'dusk'],
	[/\b(?:MID)?NIGHT\b|夜|凌晨|子时|半夜/i, 'night'],
	[/\bEVENING\b|晚/i, 'evening'],
	[/\bMORNING\b|清晨|早晨|早上|上午|清早|晨|^早$/i, 'morning'],
	[/\b(?:DAY|NOON|MIDDAY|AFTERNOON|DAYTIME)\b|白天|白日|中午|正午|下午|午后|^[日昼午]$/i, 'day'],
];
/** Tails that place a scene in time against the one before it. */
const relativeTime =
	/^(?:(?:MOMENTS?|MINUTES?|HOURS?|DAYS?|YEARS?|SECONDS?)\s+)?(?:LATER|CONTINUOUS|CONT'?D|SAME(?: TIME)?|EARLIER|MOMENTS LATER|THE NEXT DAY)$|^(?:稍后|片刻后|同时|连续|之后|随后|接上场|数日后|几天后)$/i;
const shortTime =
	/^(?:清晨|早晨|早上|上午|清早|晨|早|黎明|拂晓|破晓|日出|天亮|黄昏|傍晚|日落|夕阳|薄暮|夜晚?|深夜|午夜|半夜|夜里|夜间|凌晨|晚上?|夜色|白天|白日|中午|正午|下午|午后|[日昼午])$/;
const indoorWords = /\b(?:ROOM|HOUSE|KITCHEN|OFFICE|HALL|BEDROOM|BAR|SHOP|CHURCH|CORRIDOR)\b|[家屋室厅房殿店]$/i;

/** Takes the number that `#12#` or `第3场` gives a heading off it. */
export function splitSceneNumber(heading: string): { text: string; sceneNumber?: string } {
	const marked = heading.length > 1000 ? null : /^(.*?)\s*#([^#\n]{1,20})#$/.exec(heading);
	if (marked?.[1] && marked[2]) return { text: marked[1].trim(), sceneNumber: marked[2].trim() };
	const chinese = chineseNumber.exec(heading);
	const number = chinese?.[1] ?? chinese?.[2] ?? chinese?.[3];
	return number ? { text: heading, sceneNumber: number } : { text: heading };
}

/** True for an English heading without a forcing dot, e.g. `INT. KITCHEN - NIGHT`. */
export function isLatinHeading(line: string): boolean {
	const match = latinPrefix.exec(line);
	if (!match || match[0].length === line.length) return false;
	// Without a dot after it, `Ext` or `int` may be any word of a sentence.
	return match[0].includes('.') || match[0].includes('/') || match[0] === match[0].toUpperCase();
}

/** True for a Chinese heading without a forcing dot, e.g. `内景 客厅 夜`, `第3场 山脚`, `1、客厅 日 内`. */
export function isChineseHeading(line: string): boolean {
	if (
		line.length > 60 ||
		sentenceEnd.test(line.replace(/^.{0,8}/, (head) => head.replace(/。/g, ' ')).replace(/。(?=[^。]{1,4}$)/, ' '))
	)
		return false;
	const number = chineseNumber.exec(line);
	const rest = number ? line.slice(number[0].length).replace(separators, '') : line;
	if (number && !number[3]) return true;
	const words = rest.split(/[\s.。．:：,，、\-—–·/／]+/);
	if (number)
		return words.length > 1 && words.slice(1).some((word) => /^[内外]景?$/.test(word) || shortTime.test(word));
	const match = side.exec(rest);
	if (!match) return false;
	const after = rest.slice(match[0].length);
	if (/^[\s.。．:：,，、\-—–·/／]/.test(after)) return match[0].length > 1 || /^[\s.。．:：\-—–·/／]/.test(after);
	return match[0].endsWith('景') && after.length > 0 && after.length <= 24;
}

const clockOf = (words: string): TimeOfDay => times.find(([pattern]) => pattern.test(words))?.[1] ?? 'unknown';

function chineseParts(heading: string): { place: string; interior: boolean | null; timeOfDay: TimeOfDay } {
	const number = chineseNumber.exec(heading);
	let rest = (number ? heading.slice(number[0].length) : heading).replace(separators, '');
	let interior: boolean | null = null;
	const first = side.exec(rest);
	if (first && (first[0].length > 1 || /^[\s.。．:：,，、\-—–·/／]/.test(rest.slice(first[0].length)))) {
		interior = /[内內]/.test(first[0]);
		rest = rest.slice(first[0].length).replace(separators, '');
	}
	let timeOfDay: TimeOfDay = 'unknown';
	const kept: string[] = [];
	for (const word of rest.split(/[\s。．:：,，、—–]+|\s*-+\s*/).filter(Boolean)) {
		const bare = word.replace(/^[（(]|[）)]$/g, '');
		const parts = bare.split(/[/／]/);
		if (/^[内外]景?$/.test(bare) && kept.length > 0) interior ??= bare.startsWith('内');
		else if (kept.length > 0 && parts.every((part) => shortTime.test(part) || /^[内外]景?$/.test(part))) {
			for (const part of parts) {
				if (/^[内外]/.test(part)) interior ??= part.startsWith('内');
				else timeOfDay = clockOf(part);
			}
		} else if (kept.length === 0 || !relativeTime.test(bare)) kept.push(word);
	}
	return { place: kept.join(' '), interior, timeOfDay };
}

/** Reads place, side of the walls and time of day out of a heading in English or Chinese. */
export function parseHeading(heading: string): { place: string; interior: boolean; timeOfDay: TimeOfDay } {
	const line = heading
		.slice(0, 1000)
		.trim()
		.replace(/^[.．](?=[^.])/, '')
		.replace(/\s*#[^#\n]{1,20}#$/, '')
		.trim();
	const prefix = latinPrefix.exec(line);
	if (!prefix && /[\u3400-\u9fff]/.test(line)) {
		const parts = chineseParts(line);
		return { ...parts, interior: parts.interior ?? indoorWords.test(parts.place) };
	}
	const rest = prefix ? line.slice(prefix[0].length) : line;
	const segments = rest
		.split(/\s+[-–—]+\s*|\s*[–—]+\s*|\s*--+\s*/)
		.map((part) => part.trim())
		.filter(Boolean);
	let timeOfDay: TimeOfDay = 'unknown';
	while (segments.length > 1) {
		const tail = (segments.at(-1) ?? '').replace(/[.]$/, '');
		const time = clockOf(tail);
		const isTime =
			time !== 'unknown' &&
			tail
				.replace(/\(.*?\)/g, '')
				.trim()
				.split(/\s+/).length <= 3;
		if (!isTime && !relativeTime.test(tail)) break;
		if (timeOfDay === 'unknown') timeOfDay = time;
		segments.pop();
	}
	const place = segments.join(' - ');
	const marker = prefix?.[1]?.toUpperCase();
	const interior = marker ? /^I/.test(marker) : indoorWords.test(place);
	return { place, interior, timeOfDay };
}
