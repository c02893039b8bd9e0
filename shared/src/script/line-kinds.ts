const cjk = /[\u3400-\u9fff\uf900-\ufaff]/;

/** Words that open a description of the camera rather than name a speaker. */
export const cameraWords =
	/^(?:(?:EXTREME |MEDIUM |VERY )?(?:CLOSE|WIDE|LONG|FULL|AERIAL|ESTABLISHING|TRACKING|OVERHEAD|HIGH|LOW|REVERSE|DUTCH|TWO)[- ]?(?:ON|UP|SHOT|ANGLE)|CLOSER|INSERT|ANGLE|POV|BACK TO|SERIES OF SHOTS|MONTAGE|INTERCUT|SUPER|TITLE|LATER|OMITTED|ECU|CU|WS|EWS)\b/i;

const latinTransition =
	/^(?:[A-Z][A-Z ,'’]* TO:|(?:FADE|IRIS|WIPE) (?:IN|OUT)[.:]?|FADE TO (?:BLACK|WHITE)[.:]?|CUT TO BLACK[.:]?|(?:DISSOLVE|FADE|CUT|WIPE)[.:])$/;
const chineseTransition =
	/^[（(【]?(?:淡入|淡出|切至|切到|切入|切出|叠化|叠入|叠出|化入|化出|渐隐|渐显|划变|划像|黑场|硬切|跳切|闪白|闪黑|转场)(?:[至到为]?[^，。！？\s]{0,6})[：:。.]?[）)】]?$/;
const notSpeakers =
	/^(?:时间|地点|人物|场景|场次|字幕|音乐|音效|注|备注|道具|镜头|画面|标题|提示|片名|旁注|出场人物|角色|大?特写|全景|远景|大远景|近景|中景|俯拍|仰拍|航拍|空镜|闪回|推|拉|摇|移|跟)$/;
const prose = /(?:[说道问喊答叫笑曰想写]|回答|心想)$|^(?:他|她|它|他们|她们|我|你|这|那|于是|然后|最后|结果)/;
const speaker = /^([\p{L}\p{N}·・]{1,10})\s*(?:[（(]([^（）()\n]{1,30})[）)]\s*)?[：:]\s*(.*)$/su;

/** True for a transition by its own words, e.g. `CUT TO:`, `FADE OUT.`, `叠化：`. */
export const isTransition = (line: string): boolean => latinTransition.test(line) || chineseTransition.test(line);

/** True for a Chinese transition, which needs no blank lines round it. */
export const isChineseTransition = (line: string): boolean => chineseTransition.test(line);

/** A cue without `@` and `^`: the name, and what stands in brackets behind it; of several brackets, `V.O.) (CONT'D`. */
export function parseCue(line: string): { name: string; extension?: string } {
	const match = line.length > 200 ? null : /^([^（）()]+?)\s*[（(](.*)[）)]\s*$/s.exec(line);
	if (!match?.[1] || match[2] === undefined) return { name: line.trim() };
	const extension = match[2].split(/[）)]\s*[（(]/).map((part) => part.trim());
	return { name: match[1].trim(), ...(match[2].trim() ? { extension: extension.join(') (') } : {}) };
}

/** True for a line in capitals that can name a speaker; Chinese has no capitals: see `isChineseCue`. */
export function isLatinCue(line: string): boolean {
	if (line.length > 80) return false;
	const name = line
		.replace(/\^$/, '')
		.replace(/[（(][^（）()]*[）)]/g, '')
		.trim();
	return (
		name !== '' &&
		!name.endsWith(':') &&
		!cjk.test(name) &&
		name === name.toUpperCase() &&
		name !== name.toLowerCase() &&
		!cameraWords.test(name)
	);
}

/**
 * True for a short Chinese line that names who speaks the line below it: two to six signs without punctuation, no word that ends a sentence, and below
 * it something that is said. Writers set names so although Fountain knows only capitals; `@` and a colon stay the sure ways.
 */
export function isChineseCue(line: string, below: string): boolean {
	if (line.length > 60) return false;
	const name = line.replace(/(?<!\s)\s*\^$/, '').replace(/(?<!\s)\s*[（(][^（）()\n]{1,30}[）)]$/, '');
	return (
		/^\p{Script=Han}{2,6}$/u.test(name) &&
		!/[了着过的地得吧吗呢啊呀]$/.test(name) &&
		!notSpeakers.test(name) &&
		!prose.test(name) &&
		(/[。！？…”」!?]/.test(below) || isParenthetical(below))
	);
}

/** Reads `人物：对白`, also `人物（神态）：对白`; null when the colon belongs to something else. */
export function parseInlineSpeech(
	line: string,
): { name: string; parenthetical?: string; speech: string; speechAt: number } | null {
	const match = speaker.exec(line);
	const [, name, bracket, rest] = match ?? [];
	if (!name || rest === undefined || !cjk.test(name) || notSpeakers.test(name) || prose.test(name)) return null;
	const leading = /^[（(]([^（）()\n]{1,30})[）)]\s*/.exec(rest);
	const parenthetical = bracket ?? leading?.[1];
	const speech = leading ? rest.slice(leading[0].length) : rest;
	return { name, speech, speechAt: line.length - rest.length, ...(parenthetical ? { parenthetical } : {}) };
}

/** True for a line in round brackets, Latin or full-width. */
export const isParenthetical = (line: string): boolean => /^[（(].*[)）]$/s.test(line);
