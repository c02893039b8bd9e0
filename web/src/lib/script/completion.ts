import {
	acceptCompletion,
	autocompletion,
	selectedCompletion,
	type Completion,
	type CompletionContext,
	type CompletionResult,
} from '@codemirror/autocomplete';
import type { EditorState, Extension, Line } from '@codemirror/state';
import type { Command } from '@codemirror/view';
import { suggestionsFor } from '@reelroom/shared/script/suggestions.ts';
import { intentField } from './intent.ts';
import { elementsOnLine, scriptField } from './script-state.ts';

/** What a list of offers says beside them. */
export type OfferWords = { name: string; place: string; time: string; transition: string; heading: string };

const latin = {
	headings: ['INT. ', 'EXT. ', 'INT./EXT. '],
	times: ['DAY', 'NIGHT', 'DAWN', 'DUSK', 'MORNING', 'EVENING', 'LATER', 'CONTINUOUS'],
	transitions: ['CUT TO:', 'DISSOLVE TO:', 'FADE OUT.', 'FADE IN:', 'SMASH CUT TO:', 'MATCH CUT TO:'],
	extensions: ['V.O.', 'O.S.', "CONT'D"],
};
const chinese = {
	headings: ['内景 ', '外景 ', '内外景 '],
	times: ['日', '夜', '黎明', '黄昏', '清晨', '傍晚'],
	transitions: ['切至：', '叠化：', '淡出。', '淡入：', '黑场。'],
	extensions: ['画外', '旁白', '电话'],
};
const cjk = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]/;

/** The type of an offer behind which nothing else stands on its line. */
const ended = 'ended';

const isNew = (state: EditorState, line: Line): boolean =>
	line.number === 1 || state.doc.line(line.number - 1).text.trim() === '';
const beginsWith = (typed: string) => (offer: string) => {
	const [a, b] = [offer.trim().toUpperCase(), typed.trim().toUpperCase()];
	return a.startsWith(b) && a !== b;
};

function offer(
	from: number,
	typed: string,
	groups: { words: readonly string[]; detail: string; /** Nothing follows on the line. */ ends?: true }[],
): CompletionResult | null {
	const seen = new Set<string>();
	const options: Completion[] = [];
	for (const { words, detail, ends } of groups)
		for (const label of words.filter(beginsWith(typed))) {
			if (seen.has(label)) continue;
			seen.add(label);
			options.push({ label, detail, ...(ends === undefined ? {} : { type: ended }) });
		}
	return options.length === 0 ? null : { from, options: options.slice(0, 24), filter: false };
}

function source(words: OfferWords) {
	return (context: CompletionContext): CompletionResult | null => {
		const { state, pos, view } = context;
		// Half of a word that an input method composes is nothing to complete.
		if (state.readOnly || view?.compositionStarted === true) return null;
		const line = state.doc.lineAt(pos);
		if (pos !== line.to) return null;
		const { text } = line;
		const intent = state.field(intentField);
		const fresh = isNew(state, line);
		const known = () => suggestionsFor(state.field(scriptField), pos);

		const bracket = /^(.*\S)\s*[(（]([^)）]*)$/.exec(text);
		if (
			bracket?.[2] !== undefined &&
			elementsOnLine(state, line.from, line.to)[0]?.type !== 'parenthetical' &&
			fresh &&
			bracket[1] === bracket[1]?.toUpperCase()
		) {
			const isChinese = cjk.test(bracket[1] ?? '');
			const close = isChinese ? '）' : ')';
			const extensions = (isChinese ? chinese : latin).extensions.map((one) => one + close);
			return offer(pos - bracket[2].length, bracket[2], [{ words: extensions, detail: '', ends: true }]);
		}
		const heading = fresh
			? /^\s*[.．]?(?:(?:INT|EXT|EST)\.?(?:\s*\/\s*(?:INT|EXT)\.?)?\s|I\/E\s|内外景|外内景|内景|外景|[内外](?=[\s。]))[\s。.：:]*/i.exec(
					text,
				)
			: null;
		if (heading !== null) {
			const rest = text.slice(heading[0].length);
			const isChinese = cjk.test(text);
			const dash = isChinese
				? /^(.+?)(?:\s+-\s*|[\s。·]+)([^\s。·]*)$/.exec(rest)
				: /^(.+?)\s+[-–—]\s*([^-–—]*)$/.exec(rest);
			if (dash?.[2] !== undefined) {
				const times = [
					...known().time.filter((time) => cjk.test(time) === isChinese),
					...(isChinese ? chinese : latin).times,
				];
				return offer(pos - dash[2].length, dash[2], [{ words: times, detail: words.time, ends: true }]);
			}
			return offer(pos - rest.length, rest, [{ words: known().place, detail: words.place }]);
		}
		if (!fresh) return null;
		const typed = text.trimStart();
		const at = line.from + (text.length - typed.length);
		if (intent?.kind === 'transition' || /^[>＞]/.test(typed)) {
			const sign = /^[>＞]\s*/.exec(typed)?.[0] ?? '';
			const all = [...known().transition, ...latin.transitions, ...chinese.transitions];
			return offer(at + sign.length, typed.slice(sign.length), [{ words: all, detail: words.transition, ends: true }]);
		}
		if (intent?.kind === 'character' || /^[@＠]/.test(typed)) {
			const sign = /^[@＠]/.exec(typed)?.[0] ?? '';
			return offer(at + sign.length, typed.slice(sign.length), [
				{ words: known().name, detail: words.name, ends: true },
			]);
		}
		if (typed === '')
			return context.explicit ? offer(pos, '', [{ words: known().name, detail: words.name, ends: true }]) : null;
		const isChinese = cjk.test(typed);
		if (typed.length > 24 || (!isChinese && (typed !== typed.toUpperCase() || !/\p{L}/u.test(typed)))) return null;
		const { name, transition } = known();
		const set = isChinese ? chinese : latin;
		return offer(at, typed, [
			{ words: set.headings, detail: words.heading },
			{ words: name, detail: words.name, ends: true },
			{ words: [...transition, ...set.transitions], detail: words.transition, ends: true },
		]);
	};
}

/** Takes the offer that is chosen and goes on below it where its line is complete, as screenwriting programs do with Enter. */
export const acceptAndGoOn =
	(goOn: Command): Command =>
	(view) => {
		const isEnd = selectedCompletion(view.state)?.type === ended;
		if (!acceptCompletion(view)) return false;
		if (isEnd) goOn(view);
		return true;
	};

/** Offers names, places, times of day, transitions and beginnings of headings from the script itself. */
export const completion = (words: OfferWords): Extension =>
	autocompletion({
		override: [source(words)],
		icons: false,
		closeOnBlur: true,
		activateOnTypingDelay: 40,
		interactionDelay: 0,
	});
