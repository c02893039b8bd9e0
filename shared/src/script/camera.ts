import type { CameraMove, ShotAngle, ShotSize, ShotTransition } from '../board/shot.ts';

/** What words say about the camera; missing where they say nothing. */
export type CameraHint = { size?: ShotSize; angle?: ShotAngle; move?: CameraMove };

type Rule = readonly [RegExp, CameraHint];

/** Directions a writer gives on purpose: capitals in English, set terms in Chinese. */
const directions: readonly Rule[] = [
	[/\b(?:EXTREME CLOSE[- ]?UP|ECU)\b|大特写/, { size: 'ECU' }],
	[/\bMEDIUM CLOSE[- ]?UP\b|\bMCU\b|近景/, { size: 'MCU' }],
	[/\b(?:CLOSE ON|CLOSER ON|CLOSE[- ]?UP|CLOSE SHOT|CU|INSERT)\b|特写/, { size: 'CU' }],
	[/\b(?:EXTREME (?:WIDE|LONG)(?: SHOT)?|AERIAL(?: SHOT)?|EWS)\b|大远景|大全景|航拍/, { size: 'EWS' }],
	[/\b(?:WIDE(?:R)?(?: SHOT| ON| ANGLE)?|LONG SHOT|ESTABLISHING(?: SHOT)?|WS)\b|(?<!中)远景/, { size: 'WS' }],
	[/\b(?:FULL SHOT|FS)\b|(?<!中)全景/, { size: 'FS' }],
	[/\b(?:MEDIUM LONG SHOT|COWBOY SHOT|MLS)\b|中远景|中全景/, { size: 'MLS' }],
	[/\b(?:MEDIUM(?: SHOT)?|TWO[- ]SHOT|MS(?!\.? [A-Z]))\b|中景/, { size: 'MS' }],
	[/\b(?:POV|P\.O\.V\.)|主观(?:镜头|视角)|视角[：:]/, { angle: 'POV' }],
	[/\b(?:OTS|OVER THE SHOULDER|OVER [A-Z]+'S SHOULDER)\b|过肩/, { angle: 'OTS' }],
	[/\b(?:OVERHEAD|BIRD'?S[- ]EYE|TOP SHOT)\b|顶拍|鸟瞰/, { angle: 'overhead' }],
	[/\b(?:AERIAL|HIGH ANGLE)\b|俯拍|俯视镜头|俯瞰|航拍/, { angle: 'high' }],
	[/\bLOW ANGLE\b|仰拍|仰视镜头/, { angle: 'low' }],
	[/\b(?:DUTCH|CANTED)(?: ANGLE)?\b|斜角镜头|倾斜镜头/, { angle: 'dutch' }],
	[
		/\b(?:PUSH(?:ES|ING)? IN|DOLLY IN|MOVE IN ON)\b|(?:镜头|^)(?:[缓慢快急]+地?)?推(?:[近进向至到]|[：:，]|镜|$)/,
		{ move: 'push in' },
	],
	[
		/\b(?:PULL(?:S|ING)? (?:OUT|BACK)|DOLLY OUT)\b|(?:镜头|^)(?:[缓慢快急]+地?)?拉(?:[开远出]|[：:，]|镜|$)/,
		{ move: 'pull out' },
	],
	[/\b(?:PAN|PANS|PANNING|WHIP PAN)\b|(?:镜头|^)(?:[缓慢快急]+地?)?摇(?:[向至过到]|[：:，]|镜|$)/, { move: 'pan' }],
	[/\b(?:TILT|TILTS|TILTING)\b|镜头(?:上|下)摇/, { move: 'tilt' }],
	[
		/\b(?:TRACK|TRACKS|TRACKING(?: SHOT)?|FOLLOWING|DOLLY)\b|(?:镜头|^)(?:[缓慢快急]+地?)?(?:移|跟)(?:[动向至拍随过到]|[：:，]|镜|$)/,
		{ move: 'track' },
	],
	[
		/\b(?:CRANE|BOOM)(?: UP| DOWN| SHOT)?\b|(?:镜头|^)(?:[缓慢]+地?)?[升降](?:[起到至]|[：:，]|镜|$)/,
		{ move: 'crane' },
	],
	[/\bHANDHELD\b|手持(?:镜头|拍摄)/, { move: 'handheld' }],
	[/\b(?:ARC|ORBIT|CIRCLE)(?:S|ING)? (?:ROUND|AROUND)\b|环绕(?:镜头|拍摄)?[：:，]/, { move: 'arc' }],
	[/\b(?:ZOOM|ZOOMS|CRASH ZOOM)\b|变焦|急推/, { move: 'zoom' }],
];
const ledByDirection =
	/^(?:ANGLE ON|BACK TO|REVERSE ANGLE|CLOSE ON|CLOSER ON|INSERT|POV|特写|大特写|全景|远景|大远景|近景|中景|俯拍|仰拍|航拍|镜头|[推拉摇移跟][：:，])/;
const leadingDirection =
	/^(?:(?:(?:EXTREME |MEDIUM )?(?:CLOSE|WIDE|LONG|FULL|AERIAL|ESTABLISHING|TRACKING)[- ](?:UP|SHOT|ON|ANGLE)(?: ON| OF)?|CLOSER ON|ANGLE ON|INSERT|BACK TO|WIDE)\s*[:：—–-]?\s+|(?:大?特写|大?全景|大?远景|近景|中景|俯拍|仰拍|航拍|[推拉摇移跟])\s*[：:，,]\s*)/;

/** The camera as the writer asks for it; null when the words give no direction. */
export function directionIn(text: string): CameraHint | null {
	let hint: CameraHint | null = ledByDirection.test(text) ? {} : null;
	for (const [pattern, said] of directions) if (pattern.test(text)) hint = { ...said, ...hint };
	return hint;
}

/** The words without a direction at their head, which the fields of the shot already say. */
export function withoutDirection(text: string): string {
	const rest = text.replace(leadingDirection, '');
	return rest === '' ? text : rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** How far a sentence looks: at the sky, a thing, a part of somebody, or neither. */
export type Focus = 'far' | 'detail' | 'near';

const farWords =
	/\b(?:stars?|sky|skies|horizon|high above|far (?:below|away|off)|above the|clouds?|mountains?)\b|星空|星河|天空|云海|远方|群山|大山|天际|地平线/i;
const detailWords =
	/\b(?:fingers?|fingertips|eyes?|face|lips|mouth|tears?|reflection|palm|hand)\b|手指|指尖|眼睛|眼泪|泪水|泪珠|嘴唇|脸上|掌心|手心|双手|火星|倒影/i;

/** Tells how far a sentence looks. */
export const focusOf = (text: string): Focus =>
	detailWords.test(text) ? 'detail' : farWords.test(text) ? 'far' : 'near';

/** Sizes that the thing itself asks for, first match first. */
const sizes: readonly (readonly [RegExp, ShotSize])[] = [
	[/\b(?:eyes?|fingers?|fingertips|tears?|lips)\b|手指|指尖|眼睛|眼泪|泪|嘴唇|火星/i, 'ECU'],
	[
		/\b(?:face|reflection|palm|in (?:her|his|their) hand|strikes? (?:a|it|the) (?:\w+ )?match|strikes it|match goes out|burnt stick|flame)\b|脸|倒影|掌心|停在半空/i,
		'CU',
	],
	[
		/\b(?:stars?|sky|over the (?:\w+ )?city|rooftops|high above|horizon)\b|星河|云海|天空|大山|群山|远方|地平线/i,
		'EWS',
	],
	[/\b(?:crowd|people|families|everyone|gather|rises?|rise)\b|众人|一家人|人群|大家|村民/i, 'WS'],
	[
		/\b(?:walks?|runs?|hurr(?:y|ies)|hops?|waddles?|dances?|jumps?|enters?|crosses|whole bundle)\b|走|跑|跳|背起|搬|运/i,
		'FS',
	],
	[/\b(?:stands?|sits?|kneels?|leans?|waits?|brushes past)\b|站|坐|跪|拄|拦住|牵/i, 'MLS'],
	[/\b(?:watches|looks?|stares?|sees?|gazes?|listens?|smiles?|weeps?|cries)\b|看|望|盯|凝视|微笑|哭|听/i, 'MCU'],
];
const angles: readonly (readonly [RegExp, ShotAngle])[] = [
	[/\b(?:over the (?:\w+ )?(?:city|roofs?|chimneys?|fields?|sea))\b|from above|\bring of\b|俯瞰/i, 'high'],
	[
		/\b(?:above|high|towers?|giants?|looms?|stars?|steeples?|overhead)\b|巨人|大山|天帝|高高|仰望|鸟群|星河|云海/i,
		'low',
	],
	[
		/\b(?:corner|huddles?|crouch(?:es)?|curls? up|pulls (?:her|his) feet|falls? down|collapses)\b|蜷|缩在|跌倒|山谷/i,
		'high',
	],
];
const moves: readonly (readonly [RegExp, CameraMove])[] = [
	[
		/\b(?:shakes?|shaking|trembles?|trembling|explo(?:des|sion)|fights?|earthquake|quakes?)\b|震动|颤抖|发抖|摇晃|爆炸|打斗/i,
		'handheld',
	],
	[/\b(?:rises?|rising|climbs?|soars?|lifts? off)\b|升起|飞起|飞升|登上|背起/i, 'crane'],
	[
		/\b(?:walks?|runs?|hurry|hurries|rides?|drives?|chases?|follows?|waddles?|marches|brushes past)\b|走进|走向|走过|奔跑|跑来|追|骑|赶路|带着.*[凿挖运]/i,
		'track',
	],
	[/\b(?:falls? and|star falls|climbing|looks up|looks down|towers?)\b|抬头|低头|落下|坠/i, 'tilt'],
	[
		/\b(?:realises?|realizes?|understands?|remembers?|watches|stares?|gazes?|knows?|looks back|grows)\b|望着|凝视|想起|明白|恍然|说不出话|盯着/i,
		'push in',
	],
	[
		/\b(?:is gone|goes out|alone|leaves|disappears?|vanish(?:es)?|fades?)\b|消失|离去|远去|空无一人|通向远方/i,
		'pull out',
	],
];

const first = <Value>(table: readonly (readonly [RegExp, Value])[], text: string): Value | undefined =>
	table.find(([pattern]) => pattern.test(text))?.[1];

/** What plain words suggest when the writer gives no direction. */
export function suggestionIn(text: string): CameraHint {
	const size = first(sizes, text);
	const angle = first(angles, text);
	const move = first(moves, text);
	return { ...(size ? { size } : {}), ...(angle ? { angle } : {}), ...(move ? { move } : {}) };
}

/** True for words of a wide land, which an establishing shot shows from afar. */
export const isLandscape = (text: string): boolean =>
	/\b(?:mountains?|sea|ocean|desert|valley|rooftops?|city|skyline|plain|forest|sky)\b|山|海|天宫|草原|沙漠|森林|城|云|村口/i.test(
		text,
	);

/** The transition a line of the script asks for. */
export function transitionIn(text: string): ShotTransition {
	if (/DISSOLVE|叠|化[入出至]?/i.test(text)) return 'dissolve';
	if (/WIPE|划/i.test(text)) return 'wipe';
	return /FADE|BLACK|IRIS|淡|渐|黑/i.test(text) ? 'fade' : 'cut';
}
