import type { Language } from '@reelroom/shared/account/account.ts';
import { Problem, type ProblemCode } from '@reelroom/shared/problem.ts';
import { serverNow } from '#lib/clock.svelte.ts';
import { en } from './en.ts';
import { zhCN } from './zh-CN.ts';

type Room = keyof typeof en;
/** `room.word` of every word there is. */
export type WordKey = { [R in Room]: `${R}.${Extract<keyof (typeof en)[R], string>}` }[Room];
type Values = Readonly<Record<string, string | number>>;

const dictionaries = { en, 'zh-CN': zhCN };
/** Made once: making one costs more than a thousand uses. */
const rules = { en: new Intl.PluralRules('en'), 'zh-CN': new Intl.PluralRules('zh-CN') };
const numbers = { en: new Intl.NumberFormat('en'), 'zh-CN': new Intl.NumberFormat('zh-CN') };

class Words {
	language = $state<Language>('en');
}
/** The language that is shown now. */
export const words = new Words();

/** The words for a key in the present language; `{n}` is replaced, `one|other` is chosen by `n`. */
export function t(key: WordKey, values: Values = {}): string {
	const dot = key.indexOf('.');
	const room: Readonly<Record<string, string>> = dictionaries[words.language][key.slice(0, dot) as Room];
	const [one = key, other] = (room[key.slice(dot + 1)] ?? key).split('|');
	const form = other === undefined || rules[words.language].select(Number(values.n)) === 'one' ? one : other;
	return form.replace(/\{(\w+)\}/g, (_, name: string) => {
		const value = values[name];
		return typeof value === 'number' ? numbers[words.language].format(value) : (value ?? '');
	});
}

/** A number as the present language writes it. */
export const formatNumber = (n: number): string => numbers[words.language].format(n);

/** What a failure says to a person, in the present language. */
export function problemWords(failure: unknown): string {
	return t(`problems.${failure instanceof Problem ? failure.code : 'internal'}`);
}
/** The same for a stored code, which an older or newer server may have written. */
export const codeWords = (code: string): string =>
	t(code in en.problems ? `problems.${code as ProblemCode}` : 'problems.internal');

/** A date and time, or how long ago, by Intl. */
export function formatDate(at: string, style: 'date' | 'time' | 'seconds' | 'both' = 'date'): string {
	return new Intl.DateTimeFormat(
		words.language,
		style === 'date'
			? { dateStyle: 'medium' }
			: style === 'time'
				? { timeStyle: 'short' }
				: style === 'seconds'
					? { timeStyle: 'medium' }
					: { dateStyle: 'medium', timeStyle: 'short' },
	).format(new Date(at));
}
/** "3 minutes ago", measured against `now`. */
export function formatAgo(at: string, now = serverNow()): string {
	const seconds = (new Date(at).getTime() - now) / 1000;
	const format = new Intl.RelativeTimeFormat(words.language, { numeric: 'auto' });
	const size = Math.abs(seconds);
	// What just happened never seems to lie ahead.
	if (size < 5) return format.format(0, 'second');
	if (size < 60) return format.format(Math.round(seconds), 'second');
	if (size < 3600) return format.format(Math.round(seconds / 60), 'minute');
	if (size < 86_400) return format.format(Math.round(seconds / 3600), 'hour');
	return format.format(Math.round(seconds / 86_400), 'day');
}
/** `1:52` of a length in seconds. */
export function formatDuration(seconds: number): string {
	const whole = Math.max(0, Math.floor(seconds));
	return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
