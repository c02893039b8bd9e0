import type { Encoding } from './encoding.ts';

/** The commonest characters of each script; real text is full of them, misread text is not. */
const simplified = new Set(
	'的一是了我不在人们有来他这上着个地到大里说就去子得也和那要下看天时过出小么起你都把好还多没为又可家学只以主会样年想能生同老中十从自面前头道它后然走很像见两用她国动进成回什边作对开而己些现山民候经发工向事命给长水几义三声于高手知理眼志点心战二问但身方实吃做叫当住听革打呢真全才四已所敌之最光产情路分总条白话东席次亲如被花口放儿常气五第使写军吧文运再果怎定许快明行因别飞外树物活部门无往船望新带队先力完却站代员机更九您每风级跟笑啊孩万少直意夜比阶连车重便斗马哪化太指变社似士者干石满日决百原拿群究各六本思解立河村八难早论吗根共让相研今其书坐接应关信觉步反处记将千找争领或师结块跑谁草越字加脚紧爱等习阵怕月青半火法题建赶位唱海七女任件感准张团屋离色脸片科倒睛利世刚且由送切星导晚表够整认响雪流未场该并底深刻平伟忙提确近亮轻讲农古黑告界拉名呀土清阳照办史改历转画造嘴此治北必服雨穿内识验传业菜爬睡兴',
);
const traditional = new Set(
	'的一是了我不在人們有來他這上著個地到大裡說就去子得也和那要下看天時過出小麼起你都把好還多沒為又可家學只以主會樣年想能生同老中十從自面前頭道它後然走很像見兩用她國動進成回什邊作對開而己些現山民候經發工向事命給長水幾義三聲於高手知理眼志點心戰二問但身方實吃做叫當住聽打呢真全才四已所之最光產情路分總條白話東席次親如被花口放兒常氣五第使寫軍吧文運再果怎定許快明行因別飛外樹物活部門無往船望新帶隊先力完卻站代員機更您每風級跟笑啊孩萬少直意夜比連車重便馬哪化太指變社似士者石滿日決百原拿群究各六本思解立河村八難早論嗎根共讓相研今其書坐接應關信覺步反處記將千找爭領或師結塊跑誰草越字加腳緊愛等習怕月青半火法題建趕位唱海七女件感準張團屋離色臉片倒世剛且由送切星導晚表夠整認響雪流未場該並底深刻平偉忙提確近亮輕講農古黑告界拉名呀土清陽照辦史改歷轉畫造嘴此治北必服雨穿內識驗傳業',
);
const korean = new Set('이다는을가에의하고은지도로를서한그나사기어자리아라시대있수들것해게일만보인안여오부정우와면');

/** A share of the letters that are not ASCII, from 0 to 1 and a little above for the surest signs. */
function scoreOf(encoding: Encoding, text: string): number {
	let letters = 0;
	let hits = 0;
	for (const sign of text) {
		const code = sign.codePointAt(0) ?? 0;
		if (code < 0x2e80 || (code >= 0x3000 && code < 0x3040) || (code >= 0xff00 && code < 0xff60)) continue;
		letters += 1;
		const kana = code >= 0x3041 && code <= 0x30fa;
		if (encoding === 'shift_jis') hits += kana ? 1 : 0;
		else if (encoding === 'euc-kr') hits += korean.has(sign) ? 1 : 0;
		else if (encoding === 'big5') hits += traditional.has(sign) ? 1 : 0;
		else hits += simplified.has(sign) ? 1 : 0;
	}
	return letters === 0 ? 0 : hits / letters;
}

/** Accented letters and curly quotes stand alone among ASCII; letters of two bytes come in runs. */
function isWestern(bytes: Uint8Array): boolean {
	let high = 0;
	let alone = 0;
	for (const [index, byte] of bytes.entries()) {
		if (byte < 0x80) continue;
		high += 1;
		if ((bytes[index - 1] ?? 0) < 0x80 && (bytes[index + 1] ?? 0) < 0x80) alone += 1;
	}
	return high > 0 && high < bytes.length / 5 && alone / high > 0.8;
}

/** Encodings of one and two bytes that a text may be in, the likeliest first; none of them has a mark of its own. */
export function legacyEncodings(
	bytes: Uint8Array,
	decodeAs: (encoding: Encoding, bytes: Uint8Array) => string | null,
): Encoding[] {
	if (isWestern(bytes)) return ['windows-1252'];
	// A piece is enough to tell; cut at a newline, so that no letter is cut in two.
	const cut = bytes.length > 65_536 ? bytes.indexOf(10, 65_536) : -1;
	const sample = cut < 0 ? bytes : bytes.subarray(0, cut);
	const scored = (['gb18030', 'big5', 'shift_jis', 'euc-kr'] as const).map((encoding) => {
		const text = decodeAs(encoding, sample);
		return { encoding, score: text === null ? -1 : scoreOf(encoding, text) };
	});
	const best = scored.toSorted((a, b) => b.score - a.score)[0];
	// What nothing speaks for stays what it was taken for before.
	return best === undefined || best.score < 0.12 ? ['gb18030'] : [best.encoding, 'gb18030'];
}
